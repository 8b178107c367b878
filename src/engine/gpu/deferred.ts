import { js } from '../../kernel/js/js.ts'
import type { Operation } from '../../kernel/machine.ts'
import { kernelForm } from '../../kernel/gpu/kernelForms.ts'
import type { GpuForm, OperationForm } from '../../kernel/form.ts'
import { countingArena } from '../arrays.ts'
import { inOnePiece, type Entry, type Program } from '../program.ts'
import { recorder } from '../recorder.ts'
import type { Runtime } from '../runtime.ts'
import { singleThread } from '../threadGroup.ts'
import type { Step } from './launch.ts'

/** One run of a program: its operations, and their live numbers at that moment. */
export interface Run {
  readonly steps: readonly Step[]
  readonly live: readonly number[]
}

/** A runtime whose programs compute nothing, but note their runs for a device. */
export interface Deferred {
  readonly runtime: Runtime
  /** names of the recorded operations without a form on a GPU, each once */
  readonly missing: () => readonly string[]
  /** The runs since it was last called, in order. */
  readonly take: () => readonly Run[]
}

/** The forms of operations. */
export type Forms = ReadonlyMap<Operation<never>, (...args: never) => GpuForm>

/** Forms by their operations. */
export const formTable = (forms: ReadonlyArray<OperationForm<never>>): Forms =>
  new Map(forms.map(({ of, form }) => [of, form]))

/** The form of an entry for its arguments; null where it has none. */
const formOf = ({ name, args, operation }: Entry, forms: Forms): (() => GpuForm) | null => {
  if (operation === null) return kernelForm(name, args)
  const form = forms.get(operation)
  return form === undefined ? null : () => form(...(args as never))
}

/** The entries of a program with their forms; those that have none are reported by name. */
const stepsOf = (
  entries: readonly Entry[],
  forms: Forms,
  report: (name: string) => void,
): readonly Step[] =>
  entries.flatMap((entry) => {
    const form = formOf(entry, forms)
    if (form !== null) return [{ name: entry.name, form: form() }]
    report(entry.name)
    return []
  })

/**
 * Records over arrays of f32 of the host, which launches read and write. Running a program returns
 * the arrays that it will fill, before they are filled: code that reads them to decide what runs next
 * cannot be deferred, so operations that fill arrays for such code must have no form.
 */
export const deferred = (name: string, forms: Forms): Deferred => {
  const arrays = countingArena('f32')
  const { record } = recorder(name, 'f32', arrays, js.f32)
  const missing = new Set<string>()
  let runs: Run[] = []
  return {
    runtime: {
      group: singleThread,
      shared: arrays,
      own: arrays,
      record: <T>(f: Parameters<typeof record<T>>[0]): Program<T> => {
        const program = record(f)
        const steps = stepsOf(program.entries, forms, (name) => missing.add(name))
        const run = (): T => {
          runs.push({ steps, live: steps.flatMap(({ form }) => form.live?.read() ?? []) })
          return program.result
        }
        return { ...program, run, steps: inOnePiece(run) }
      },
    },
    missing: () => [...missing],
    take: () => {
      const taken = runs
      runs = []
      return taken
    },
  }
}

import type { MemoryKernels } from '../kernel/backend.ts'
import type { Machine, Operation } from '../kernel/machine.ts'
import { OF_OPERATIONS, scratchOf } from '../kernel/scratch.ts'
import type { Arrays } from './arrays.ts'
import { inOnePiece, inPieces, type Entry, type Program } from './program.ts'

/** A machine that records the operations it is asked to run, and the programs made from such records. */
export interface Recorder {
  /** Runs f once, which only records; the program then replays the record each time it runs. */
  readonly record: <T>(f: (machine: Machine) => T) => Program<T>
  /** how many numbers of scratch the largest of all recorded kernels takes */
  readonly scratch: () => number
}

/**
 * Records over arrays laid out once. `kernels` must take views of the memory that `arrays` gives.
 *
 * @param backend the name that its machine bears
 * @param heartbeat called after each step of a program, so that long ones do not look dead
 * @param pauses whether `steps` of a program pause after each operation
 */
export const recorder = (
  backend: string,
  dtype: 'f32' | 'f64',
  arrays: Arrays,
  kernels: MemoryKernels,
  heartbeat: (() => void) | null = null,
  pauses = false,
): Recorder => {
  const { prepare } = kernels
  let scratch = OF_OPERATIONS
  let entries: Entry[] = []
  let calls: Array<() => void> = []

  const note = (
    name: string,
    args: readonly unknown[],
    call: () => void,
    operation: Operation<never> | null = null,
  ): void => {
    entries.push({ name, args, operation })
    calls.push(call)
  }

  type Kernel = (...args: never[]) => unknown
  /** The kernels of a group, which record their calls. */
  const noted = <G extends object>(group: string, of: G): G =>
    Object.fromEntries(
      Object.entries(of as Readonly<Record<string, Kernel>>).map(([key, kernel]) => {
        const name = `${group}.${key}`
        return [
          key,
          (...args: never[]) => {
            const sizes = args.filter((arg) => typeof arg === 'number')
            scratch = Math.max(scratch, scratchOf(key, sizes))
            note(name, args, prepare?.(name, args) ?? kernel.bind(null, ...args))
          },
        ]
      }),
    ) as G

  const machine: Machine = {
    backend,
    dtype,
    alloc: arrays.floats,
    doubles: arrays.doubles,
    integers: arrays.integers,
    bytes: arrays.bytes,
    matmul: noted('matmul', kernels.matmul),
    dense: noted('dense', kernels.dense),
    softmax: noted('softmax', kernels.softmax),
    vector: {
      ...noted('vector', kernels.vector),
      sumSquares: () => {
        throw new RangeError(
          'sumSquares: expected a machine that executes, got one that records: call it in an operation',
        )
      },
    },
    adam: (...args) => note('adam', args, kernels.adam.bind(null, ...args)),
    run: (operation, ...args) =>
      note(operation.name, args, operation.run.bind(null, kernels, ...args), operation),
  }

  return {
    scratch: () => scratch,
    record: (f) => {
      entries = []
      calls = []
      const result = f(machine)
      const [noted, all] = [entries, calls]
      const run = (): typeof result => {
        for (let i = 0; i < all.length; i++) {
          all[i]!()
          heartbeat?.()
        }
        return result
      }
      const steps = pauses ? inPieces(all, result) : inOnePiece(run)
      return { entries: noted, result, run, steps }
    },
  }
}

import { operation, type Machine } from '../../src/kernel/index.ts'

type Kernel = (...args: never[]) => void

/** A machine that notes the operations it is asked to run, and `run`, which does all of it. */
export interface Recording {
  readonly machine: Machine
  readonly run: () => void
}

/** Records over the arrays and kernels of a machine that computes at once. */
export const recording = (machine: Machine): Recording => {
  const calls: Array<() => void> = []
  const noted = <G extends object>(group: G): G =>
    Object.fromEntries(
      Object.entries(group as Readonly<Record<string, Kernel>>).map(([name, kernel]) => [
        name,
        (...args: never[]) => void calls.push(() => kernel(...args)),
      ]),
    ) as G
  return {
    machine: {
      ...machine,
      softmax: noted(machine.softmax),
      vector: noted(machine.vector),
      run: ({ name, run }, ...args) =>
        void calls.push(() => machine.run(operation(name, run), ...args)),
    },
    run: () => {
      for (const call of calls) call()
    },
  }
}

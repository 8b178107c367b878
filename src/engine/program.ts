import type { Machine, Operation } from '../kernel/machine.ts'

/** One step of a program: an operation or kernel, and what it reads and writes. */
export interface Entry {
  readonly name: string
  readonly args: readonly unknown[]
  /** the operation; null for a kernel */
  readonly operation: Operation<never> | null
}

/** What a function over a machine computes, to be run again and again on what its inputs hold then. */
export interface Program<T> {
  /** Computes, and returns the result, whose arrays are overwritten by the next run. */
  readonly run: () => T
  /** what the last run returned; of a recorded program, the same before the first one */
  readonly result: T
  /** empty where nothing was recorded */
  readonly entries: readonly Entry[]
}

/** Runs a function again each time, on a machine that allocates: what a recorded program must equal. */
export const direct =
  (machine: Machine) =>
  <T>(f: (machine: Machine) => T): Program<T> => {
    let last: { readonly result: T } | null = null
    return {
      entries: [],
      run: () => {
        last = { result: f(machine) }
        return last.result
      },
      get result() {
        if (last === null)
          throw new RangeError('program: expected a result, got none yet: run it first')
        return last.result
      },
    }
  }

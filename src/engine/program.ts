import type { Machine, Operation } from '../kernel/machine.ts'
import { PIECE, type Task } from './task.ts'

/** One step of a program: an operation or kernel, and what it reads and writes. */
export interface Entry {
  readonly name: string
  readonly args: readonly unknown[]
  /** the operation; null for a kernel */
  readonly operation: Operation<never> | null
}

/**
 * The computation of a function over a machine, to be run repeatedly on the current contents of its inputs.
 */
export interface Program<T> {
  /** Computes, and returns the result, whose arrays are overwritten by the next run. */
  readonly run: () => T
  /** `run` that may pause between operations, if it was recorded so. */
  readonly steps: () => Task<T>
  /** what the last run returned; of a recorded program, the same before the first one */
  readonly result: T
  /** empty where nothing was recorded */
  readonly entries: readonly Entry[]
}

/** A run without a pause. */
export const inOnePiece = <T>(run: () => T): (() => Task<T>) =>
  // eslint-disable-next-line require-yield -- it never pauses
  function* () {
    return run()
  }

/** A run with a pause after each of its calls. */
export const inPieces = <T>(calls: ReadonlyArray<() => void>, result: T): (() => Task<T>) =>
  function* () {
    for (let i = 0; i < calls.length; i++) {
      calls[i]!()
      yield PIECE
    }
    return result
  }

/**
 * A program that calls its function each time, on a machine that allocates. A recorded program must equal it.
 */
export const direct =
  (machine: Machine) =>
  <T>(f: (machine: Machine) => T): Program<T> => {
    let last: { readonly result: T } | null = null
    const run = (): T => {
      last = { result: f(machine) }
      return last.result
    }
    return {
      entries: [],
      run,
      steps: inOnePiece(run),
      get result() {
        if (last === null)
          throw new RangeError('program: expected a result, got none yet: run it first')
        return last.result
      },
    }
  }

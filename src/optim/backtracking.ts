import { runSync, wait, type Task } from '../engine/task.ts'
import { expectCount } from '../tensor/argument.ts'

interface BacktrackingConfig {
  /** what a step that goes too far is multiplied by, between 0 and 1 */
  readonly shrink: number
  /** how many are tried, the full one included: a whole number >= 1 */
  readonly steps: number
}

/** `backtracking` with a test that is a task, which may pause. */
export const backtrackingTask = ({ shrink, steps }: BacktrackingConfig) => {
  if (!(shrink > 0 && shrink < 1))
    throw new RangeError(`shrink: expected a number > 0 and < 1, got ${shrink}`)
  expectCount('steps', steps)
  return function* (accept: (fraction: number) => Task<boolean>): Task<number | null> {
    let fraction = 1
    for (let i = 0; i < steps; i++) {
      if (yield* accept(fraction)) return fraction
      fraction *= shrink
    }
    return null
  }
}

/**
 * A line search that starts at the full step and shrinks it: the first of the fractions 1, shrink,
 * shrink², … (`steps` of them) that is accepted, or null if none is accepted. TRPO accepts a step
 * if the surrogate rises and the KL stays within its bound: Schulman et al. 2015, arXiv:1502.05477,
 * appendix C.
 *
 * @throws RangeError unless 0 < shrink < 1, and steps is a whole number >= 1
 */
export const backtracking = (config: BacktrackingConfig) => {
  const search = backtrackingTask(config)
  return (accept: (fraction: number) => boolean): number | null =>
    runSync(search((fraction) => wait(accept(fraction))))
}

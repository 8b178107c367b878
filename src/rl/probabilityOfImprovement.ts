import { split, type Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Interval } from './bootstrap.ts'

/** The scores of the runs of two algorithms, X and Y, on a task. */
export interface Rivals {
  readonly x: ReadonlyNumbers
  readonly y: ReadonlyNumbers
}

const sortedCopy = (xs: ReadonlyNumbers): Float64Array => Float64Array.from(xs).toSorted()

/** 1/(n m) Σᵢⱼ (1[xᵢ > yⱼ] + ½ 1[xᵢ = yⱼ]) of numbers in rising order. */
const winsOf = (x: Float64Array, y: Float64Array): number => {
  let [below, upTo, wins] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    while (below < y.length && y[below]! < x[i]!) below++
    while (upTo < y.length && y[upTo]! <= x[i]!) upTo++
    wins += (below + upTo) / 2
  }
  return wins / (x.length * y.length)
}

const expectRuns = (tasks: readonly Rivals[]): void => {
  expectList('tasks', 'scores of rivals', tasks)
  if (tasks.length === 0) throw new RangeError('tasks: expected one or more, got none')
  tasks.forEach(({ x, y }, i) => {
    if (x.length === 0 || y.length === 0)
      throw new RangeError(
        `tasks[${i}]: expected one or more scores of both, got ${x.length} and ${y.length}`,
      )
  })
}

const meanOver = (tasks: readonly Rivals[], of: (task: Rivals, i: number) => number): number =>
  tasks.reduce((sum, task, i) => sum + of(task, i), 0) / tasks.length

/**
 * P(X > Y): the probability that a run of X scores more than a run of Y on the same task, averaged
 * over the tasks; a tie counts as half. On a task it is the Mann-Whitney U divided by the number of
 * pairs. Only the order of scores matters, so tasks need no common scale.
 *
 * Agarwal et al. 2021, arXiv:2108.13264, section 4.3.
 *
 * @throws RangeError unless there is a task, and a score of X and of Y on each
 */
export const probabilityOfImprovement = (tasks: readonly Rivals[]): number => {
  expectRuns(tasks)
  return meanOver(tasks, ({ x, y }) => winsOf(sortedCopy(x), sortedCopy(y)))
}

const resample = (xs: ReadonlyNumbers, key: Key, r: number): Float64Array => {
  const n = xs.length
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = xs[Math.floor(n * uniformAt(key, r * n + i))]!
  out.sort()
  return out
}

/**
 * The 95 % percentile interval of P(X > Y) by the stratified bootstrap. Each resample draws the
 * runs of X and of Y on each task anew, with replacement. The ⌊resamples/40⌋ lowest and as many of
 * the highest probabilities are left out. The tasks stay the same: the interval says how far the
 * runs can be trusted, not what happens on other tasks. Agarwal et al. 2021, arXiv:2108.13264.
 *
 * @param resamples how many resamples are drawn, a whole number >= 1
 * @throws RangeError unless there are one or more resamples, a task, and a score of X and of Y on
 * each
 */
export const improvementInterval =
  (key: Key, resamples = 2000) =>
  (tasks: readonly Rivals[]): Interval => {
    if (!Number.isInteger(resamples) || resamples < 1)
      throw new RangeError(`resamples: expected a whole number >= 1, got ${resamples}`)
    expectRuns(tasks)
    const keys = split(key, 2 * tasks.length)
    const found = new Float64Array(resamples)
    for (let r = 0; r < resamples; r++)
      found[r] = meanOver(tasks, ({ x, y }, i) =>
        winsOf(resample(x, keys[2 * i]!, r), resample(y, keys[2 * i + 1]!, r)),
      )
    found.sort()
    const cut = Math.floor(resamples / 40)
    return [found[cut]!, found[resamples - 1 - cut]!]
  }

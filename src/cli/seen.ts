import type { AnyMetrics } from '../algo/algorithm.ts'
import { evaluatedOf, type Evaluated } from '../algo/evaluated.ts'
import { bestAfter, isReached, type Best } from '../run/bestPolicy.ts'
import type { RunConfig } from '../run/config.ts'
import { meanStd } from '../rl/meanStd.ts'
import { curveOf } from './curve.ts'
import { returnsOf, type Returns } from './returns.ts'

/** What a command shows of a run in training, in bounded memory. */
export interface Seen {
  /** Adds the metrics of an update. */
  readonly add: (metrics: AnyMetrics) => void
  /** of the episodes of training */
  readonly returns: Returns
  /** the last evaluation, or null */
  readonly evaluated: () => Evaluated | null
  /** the mean returns of evaluations */
  readonly evaluations: () => readonly number[]
  /** the best evaluation, or null */
  readonly best: () => Best | null
  /** whether an evaluation has reached the return to stop at */
  readonly stopped: () => boolean
}

export const seenOf = (config: Pick<RunConfig, 'past' | 'evaluation'>): Seen => {
  const nextBest = bestAfter(config)
  const returns = returnsOf()
  const evaluations = curveOf()
  let last: Evaluated | null = null
  let best: Best | null = null
  let isStopped = false
  return {
    add: (metrics) => {
      for (const episode of metrics.episodes) returns.add(episode.return)
      const evaluated = evaluatedOf(metrics)
      if (evaluated === null) return
      last = evaluated
      best = nextBest(best, metrics)
      isStopped = isReached(config, metrics)
      evaluations.add(() => evaluated.evalReturn)
    },
    returns,
    evaluated: () => last,
    evaluations: evaluations.points,
    best: () => best,
    stopped: () => isStopped,
  }
}

/** The mean returns of the last episodes and of the last evaluation, for the progress of a run. */
export const formatSeen = ({ returns, evaluated }: Seen): string => {
  const last = returns.last()
  const evaluation = evaluated()
  return [
    ...(last.length > 0 ? [`return ${meanStd(last).mean.toFixed(1)}`] : []),
    ...(evaluation === null ? [] : [`eval ${evaluation.evalReturn.toFixed(1)}`]),
  ].join('  ')
}

import type { AnyMetrics } from '../algo/algorithm.ts'
import { evaluatedOf, type Evaluated } from '../algo/evaluated.ts'
import {
  healthAfter,
  healthy,
  type HealthContext,
  type HealthWarning,
} from '../algo/health/health.ts'
import { bestAfter, isReached, type Best } from '../run/bestPolicy.ts'
import type { RunConfig } from '../run/config.ts'
import { healthContext } from '../run/health.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { curveOf } from './curve.ts'
import { returnsOf, type Returns } from './returns.ts'

/** What a command shows of a run in training, in bounded memory. */
export interface Seen {
  /** Adds the metrics of an update, and what the environments show after it. */
  readonly add: (metrics: AnyMetrics, observation?: Tensor) => void
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
  /** about learning, in the order in which they were found */
  readonly warnings: () => readonly HealthWarning[]
}

export const seenOf = (
  config: Pick<RunConfig, 'past' | 'evaluation' | 'settings'>,
  env: HealthContext['env'],
): Seen => {
  const nextHealth = healthAfter(healthContext(config, env))
  let health = healthy
  const nextBest = bestAfter(config)
  const returns = returnsOf()
  const evaluations = curveOf()
  let last: Evaluated | null = null
  let best: Best | null = null
  let isStopped = false
  return {
    add: (metrics, observation) => {
      health = nextHealth(health, metrics, observation)
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
    warnings: () => health.warnings,
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

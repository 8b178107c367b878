import { ask, atOnce, inTime, type Later, type Task } from '../../env/task.ts'
import type { Episode, World } from '../../env/wrapper/vectorise.ts'
import { split } from '../../random/key.ts'
import { explainedVariance } from '../../rl/metrics.ts'
import { located } from '../../tensor/check.ts'
import { normalise } from '../normaliser.ts'
import type { PpoConfig } from './config.ts'
import type { Learner, TrainState } from '../learner.ts'
import { explainLargeReward } from '../largeReward.ts'
import type { Rollout, Trajectory } from '../rollout.ts'
import {
  attemptTo,
  attemptToAsync,
  runTo,
  runToAsync,
  type AsyncUpdates,
  type Ended,
  type OnUpdate,
  type Updates,
} from '../runTo.ts'
import { lookAgain, lookBack } from '../lookBack.ts'
import type { LossMetrics } from './minibatch.ts'
import type { Parts } from './parts.ts'
import { ratesAt } from './rates.ts'

/** What one iteration tells. Losses are means over its minibatches. */
export interface Metrics extends LossMetrics {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  /** that of the first minibatch */
  readonly learningRate: number
  /** of the value function that acted; NaN where returns did not vary */
  readonly explainedVariance: number
  /** the episodes that ended in this iteration */
  readonly episodes: readonly Episode[]
}

/** What an iteration is made of, whether its halves answer at once or promise to. */
export interface Halves<S> extends Pick<Parts<S>, 'config' | 'policy'> {
  readonly rollout: (
    ...how: Parameters<Parts<S>['rollout']>
  ) => (world: World<S>) => Later<[Rollout, World<S>]>
  readonly update: (
    ...how: Parameters<Parts<S>['update']>
  ) => (learner: Learner) => Later<[LossMetrics, Learner]>
}

/** What of a config the parts were made of: all but the length of the run. */
const withoutLength = (config: PpoConfig): string => JSON.stringify({ ...config, totalSteps: 0 })

/**
 * One iteration of PPO: Algorithm 1 of Schulman et al. 2017, arXiv:1707.06347. It asks the worlds,
 * and goes on when they have acted: at once, or when their promises are kept.
 */
const iteration = <S>(config: PpoConfig, parts: Halves<S>) => {
  if (withoutLength(config) !== withoutLength(parts.config))
    throw new RangeError(
      'parts: expected those of this config, got those of another: make them anew',
    )
  return function* (state: TrainState<S>): Task<[Metrics, TrainState<S>]> {
    const { rollout, update, policy } = parts
    const { params, normaliser, tuned } = state.learner
    const [actKey, learnKey, key] = split(state.key, 3)
    const done = state.update + 1
    let reward: Trajectory['reward'] | null = null
    try {
      // Act: T steps in B environments under the frozen policy π_old.
      const [seen, world] = yield* ask(rollout(params, actKey, normaliser)(state.world))
      const [acted, nextNormaliser] = normalise(config, normaliser)(seen)
      reward = acted.trajectory.reward

      // Look back at what each step earned, and compare it with what V expected.
      const batch = lookBack(config)(acted.trajectory)
      const refresh = config.recomputeAdvantages ? lookAgain(config, policy, acted) : null

      // Learn: K epochs of shuffled minibatches on the clipped surrogate.
      const rates = ratesAt(config, state.update, tuned)
      const [losses, learner] = yield* ask(update(batch, learnKey, rates, refresh)(state.learner))

      const metrics = {
        ...losses,
        update: done,
        steps: done * config.envs * config.steps,
        learningRate: rates.learningRate,
        explainedVariance: explainedVariance(batch.oldValue, batch.returns),
        episodes: seen.episodes,
      }
      const next = { ...learner, normaliser: nextNormaliser }
      return [metrics, { update: done, key, world, learner: next }]
    } catch (error) {
      throw located(`update ${done}`, explainLargeReward(error, reward), { update: done })
    }
  }
}

/**
 * One iteration: acts, looks back, learns.
 *
 * @throws RangeError when the parts are those of another config; a longer or shorter run is none
 */
export const iterate = <S>(
  config: PpoConfig,
  parts: Parts<S>,
): ((state: TrainState<S>) => [Metrics, TrainState<S>]) => {
  const next = iteration(config, parts)
  return (state) => atOnce(next(state))
}

/** `iterate` for environments or updates that answer with promises; gives the same bits. */
export const iterateAsync = <S>(
  config: PpoConfig,
  parts: Halves<S>,
): ((state: TrainState<S>) => Promise<[Metrics, TrainState<S>]>) => {
  const next = iteration(config, parts)
  return (state) => inTime(next(state))
}

/**
 * Iterates to the end of the run, one `[metrics, state]` an update, from any state of it: stop,
 * look, keep the state, go on when you like.
 */
export const train = <S>(
  config: PpoConfig,
  parts: Parts<S>,
): ((start: TrainState<S>) => Updates<S, Metrics>) => runTo(config, iterate(config, parts))

/**
 * `train` for environments or updates that answer with promises:
 * `for await (const [metrics, state] of …)`.
 */
export const trainAsync = <S>(
  config: PpoConfig,
  parts: Halves<S>,
): ((start: TrainState<S>) => AsyncUpdates<S, Metrics>) =>
  runToAsync(config, iterateAsync(config, parts))

/**
 * A run in one call, told of each update: Right of the last state, or Left of the fault that ended
 * the run (a world that broke its word, say) with the state that the last whole update left.
 */
export const run = <S>(
  config: PpoConfig,
  parts: Parts<S>,
): ((start: TrainState<S>, onUpdate?: OnUpdate<S, Metrics>) => Ended<S>) =>
  attemptTo(config, iterate(config, parts))

/**
 * `run` for environments or updates that answer with promises. A rejection is a fault. Games that
 * cannot go back must start new episodes after a fault: close them, and continue from
 * `{ ...state, world: await parts.env.init(key) }`.
 */
export const runAsync = <S>(
  config: PpoConfig,
  parts: Halves<S>,
): ((start: TrainState<S>, onUpdate?: OnUpdate<S, Metrics>) => Promise<Ended<S>>) =>
  attemptToAsync(config, iterateAsync(config, parts))

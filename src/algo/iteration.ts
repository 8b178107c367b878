import { wait, type Later, type Task } from '../engine/task.ts'
import type { Episode, VecEnvState } from '../env/wrapper/vectorise.ts'
import { split, type Key } from '../random/key.ts'
import { explainedVariance } from '../rl/metrics.ts'
import { located } from '../tensor/check.ts'
import { explainLargeReward } from './largeReward.ts'
import type { Learner, TrainState } from './learner.ts'
import type { Normaliser } from './look.ts'
import type { PolicyParams } from './policy.ts'
import type { Rollout } from './rollout.ts'
import type { Trajectory } from './trajectory.ts'
import type { Samples } from './samples.ts'

/** The metrics of an iteration of any algorithm. */
export interface RunMetrics {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  /** of the value function that acted; NaN where returns did not vary */
  readonly explainedVariance: number
  /** the episodes that ended in this iteration */
  readonly episodes: readonly Episode[]
}

/** The stages of an iteration. */
export interface Stages<S, O, M> {
  /** Acts in all environments under the frozen policy, after `update` updates. */
  readonly act: (
    params: PolicyParams,
    key: Key,
    normaliser: Normaliser | null,
    update: number,
  ) => (envState: VecEnvState<S>) => Later<[Rollout, VecEnvState<S>]>
  /** Shapes the rewards: scales them, or subtracts penalties. */
  readonly shape: (rollout: Rollout, normaliser: Normaliser | null) => [Rollout, Normaliser | null]
  /** What each step earned, and how much better that was than V expected. */
  readonly estimate: (trajectory: Trajectory) => Samples
  /** Learns from the samples. */
  readonly learn: (
    samples: Samples,
    key: Key,
    update: number,
    rollout: Rollout,
  ) => (learner: Learner<O>) => Later<[M, Learner<O>]>
}

/**
 * One iteration: act → shape → estimate → learn. It continues when the environments have acted: at once, or
 * when their promises resolve.
 */
export const iteration = <S, O, M>(
  { envs, steps }: { readonly envs: number; readonly steps: number },
  { act, shape, estimate, learn }: Stages<S, O, M>,
) =>
  function* (state: TrainState<S, O>): Task<[M & RunMetrics, TrainState<S, O>]> {
    const { params, normaliser } = state.learner
    const [actKey, learnKey, key] = split(state.key, 3)
    const done = state.update + 1
    let reward: Trajectory['reward'] | null = null
    try {
      const [acted, envState] = yield* wait(
        act(params, actKey, normaliser, state.update)(state.envState),
      )
      const [shaped, nextNormaliser] = shape(acted, normaliser)
      reward = shaped.trajectory.reward
      const samples = estimate(shaped.trajectory)
      const [losses, learner] = yield* wait(
        learn(samples, learnKey, state.update, shaped)(state.learner),
      )
      // The rate comes after the steps, as in all lines of metrics.jsonl since the first version.
      const { learningRate, ...means } = losses as M & { readonly learningRate?: number }
      const metrics = {
        ...means,
        update: done,
        steps: done * envs * steps,
        ...(learningRate === undefined ? {} : { learningRate }),
        explainedVariance: explainedVariance(samples.oldValue, samples.returns),
        episodes: acted.episodes,
      } as unknown as M & RunMetrics
      const next = { ...learner, normaliser: nextNormaliser }
      return [metrics, { update: done, key, envState: envState, learner: next }]
    } catch (error) {
      throw located(`update ${done}`, explainLargeReward(error, reward), { update: done })
    }
  }

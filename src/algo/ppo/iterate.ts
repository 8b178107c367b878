import type { Episode } from '../../env/wrapper/vectorise.ts'
import { split } from '../../random/key.ts'
import { gae } from '../../rl/gae.ts'
import { explainedVariance } from '../../rl/metrics.ts'
import { lambdaReturn } from '../../rl/returns.ts'
import type { TimeEnv } from '../../rl/steps.ts'
import { expectFinite, located } from '../../tensor/check.ts'
import { reshape, type Tensor } from '../../tensor/tensor.ts'
import type { Trajectory } from '../rollout.ts'
import { updatesOf, type PpoConfig } from './config.ts'
import { learningRate, type TrainState } from './learner.ts'
import type { LossMetrics } from './minibatch.ts'
import type { Parts } from './parts.ts'
import type { Samples } from './samples.ts'

/** What one iteration tells. Losses are means over its minibatches. */
export interface Metrics extends LossMetrics {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  readonly learningRate: number
  /** of the value function that acted; NaN where returns did not vary */
  readonly explainedVariance: number
  /** the episodes that ended in this iteration */
  readonly episodes: readonly Episode[]
}

/** [time, env, …] → [sample, …]: once learning starts, a step's place in time does not matter. */
export const flattenTime = (
  trajectory: Trajectory,
  returns: TimeEnv,
  advantages: TimeEnv,
): Samples => {
  const [time, envs, features] = trajectory.observation.shape
  const samples = time * envs
  const flat = (t: TimeEnv): Tensor<['sample']> => reshape(t, ['sample'], [samples])
  return {
    observation: reshape(trajectory.observation, ['sample', 'feature'], [samples, features]),
    action: flat(trajectory.action),
    oldLogProb: flat(trajectory.logProb),
    oldValue: flat(trajectory.value),
    advantage: flat(advantages),
    returns: flat(returns),
  }
}

/** One iteration of PPO: Algorithm 1 of Schulman et al. 2017, arXiv:1707.06347. */
export const iterate =
  <S>(config: PpoConfig, parts: Parts<S>) =>
  (state: TrainState<S>): [Metrics, TrainState<S>] => {
    const { rollout, update } = parts
    const [actKey, learnKey, key] = split(state.key, 3)
    const done = state.update + 1
    try {
      // Act: T steps in B environments under the frozen policy π_old.
      const [{ trajectory, episodes }, world] = rollout(state.learner.params, actKey)(state.world)

      // Look back: what each step earned, the value targets Gₜ.
      const returns = lambdaReturn(config)(trajectory)

      // Compare: how much better than V expected, Âₜ = Gₜ − Vₜ.
      const advantages = gae(config)(trajectory)
      expectFinite('returns', returns)
      expectFinite('advantages', advantages)

      // Learn: K epochs of shuffled minibatches on the clipped surrogate.
      const batch = flattenTime(trajectory, returns, advantages)
      const [losses, learner] = update(batch, learnKey)(state.learner)

      const metrics = {
        ...losses,
        update: done,
        steps: done * config.envs * config.steps,
        learningRate: learningRate(config)(state.update * config.epochs * config.minibatches),
        explainedVariance: explainedVariance(trajectory.value, returns),
        episodes,
      }
      return [metrics, { update: done, key, world, learner }]
    } catch (error) {
      throw located(`update ${done}`, error)
    }
  }

/**
 * Iterates to the end of the run, one `[metrics, state]` an update, from any state of it: stop,
 * look, keep the state, go on when you like.
 */
export const train = <S>(config: PpoConfig, parts: Parts<S>) => {
  const next = iterate(config, parts)
  return function* (start: TrainState<S>): Generator<[Metrics, TrainState<S>], void, undefined> {
    for (let state = start; state.update < updatesOf(config);) {
      const [metrics, following] = next(state)
      state = following
      yield [metrics, state]
    }
  }
}

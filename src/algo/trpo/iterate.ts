import type { Environment } from '../../env/environment.ts'
import type { Space } from '../../env/space.ts'
import type { Episode } from '../../env/wrapper/vectorise.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import type { MakerName } from '../../kernel/makers.ts'
import { split, type Key } from '../../random/key.ts'
import { explainedVariance } from '../../rl/metrics.ts'
import { located } from '../../tensor/check.ts'
import { apartParts, kernelsOf, type Agent } from '../agent.ts'
import { fitValue } from '../fitValue.ts'
import { begin, type LearnerParts, type TrainState } from '../learner.ts'
import { explainLargeReward } from '../largeReward.ts'
import { lookBack } from '../lookBack.ts'
import type { Trajectory } from '../rollout.ts'
import { runTo, type Updates } from '../runTo.ts'
import { checked, type TrpoConfig } from './config.ts'
import { naturalStep, type StepMetrics } from './step.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends Agent<S, A>, LearnerParts {
  readonly config: TrpoConfig
}

/** What one iteration tells. */
export interface Metrics extends StepMetrics {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  /** mean over V's steps */
  readonly valueLoss: number
  /** of the value function that acted */
  readonly explainedVariance: number
  readonly episodes: readonly Episode[]
}

/** @throws RangeError when the config cannot be, with every field that is wrong */
export const parts = <S, A extends Space = Space>(
  config: TrpoConfig,
  env: Environment<S, A>,
  how: MakerName | 'auto' | Kernels = 'auto',
): Parts<S, A> => {
  checked(config)
  return { ...apartParts(config, env, kernelsOf(how)), config }
}

/** The first state of a run: everything in it follows from the key. */
export const init = <S>(parts: Parts<S>): ((seed: Key) => TrainState<S>) => {
  const { valueLearningRate } = parts.config
  return begin(parts, { learningRate: 0, valueLearningRate, moves: 'value' }, null, null)
}

/** One iteration of trust region policy optimisation: Schulman et al. 2015, arXiv:1502.05477. */
export const iterate =
  <S>(config: TrpoConfig, parts: Parts<S>) =>
  (state: TrainState<S>): [Metrics, TrainState<S>] => {
    const [actKey, learnKey, key] = split(state.key, 3)
    const done = state.update + 1
    const { params } = state.learner
    let reward: Trajectory['reward'] | null = null
    try {
      // Act: T steps in B environments.
      const [{ trajectory, episodes }, world] = parts.rollout(params, actKey)(state.world)
      reward = trajectory.reward

      // Look back at what each step earned, and compare it with what V expected.
      const batch = lookBack(config)(trajectory)

      // Learn: the policy one natural step within the trust region, then V towards the returns.
      const [losses, better] = naturalStep(config, parts.policy)(params, batch)
      const [valueLoss, learner] = fitValue(config, parts)(batch, learnKey)({
        ...state.learner,
        params: better,
      })

      const metrics = {
        ...losses,
        valueLoss,
        update: done,
        steps: done * config.envs * config.steps,
        explainedVariance: explainedVariance(batch.oldValue, batch.returns),
        episodes,
      }
      return [metrics, { update: done, key, world, learner }]
    } catch (error) {
      throw located(`update ${done}`, explainLargeReward(error, reward), { update: done })
    }
  }

/** Iterates to the end of the run, one `[metrics, state]` an update. */
export const train = <S>(
  config: TrpoConfig,
  parts: Parts<S>,
): ((start: TrainState<S>) => Updates<S, Metrics>) => runTo(config, iterate(config, parts))

import type { Environment } from '../../env/environment.ts'
import type { Space } from '../../env/space.ts'
import type { Episode } from '../../env/wrapper/vectorise.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import type { MakerName } from '../../kernel/makers.ts'
import { split, type Key } from '../../random/key.ts'
import { explainedVariance } from '../../rl/metrics.ts'
import { discountedReturn } from '../../rl/returns.ts'
import { truncation } from '../../rl/truncation.ts'
import { whiten } from '../../rl/whiten.ts'
import { located } from '../../tensor/check.ts'
import { apartParts, kernelsOf, type Agent } from '../agent.ts'
import { fitValue } from '../fitValue.ts'
import { begin, type Learner, type LearnerParts, type TrainState } from '../learner.ts'
import { explainLargeReward } from '../largeReward.ts'
import { lookBack } from '../lookBack.ts'
import type { Trajectory } from '../rollout.ts'
import { runTo, type Updates } from '../runTo.ts'
import { flattenTime, type Samples } from '../samples.ts'
import { takeStep } from '../takeStep.ts'
import { checked, type VpgConfig } from './config.ts'
import { lossGrad, type Losses } from './lossGrad.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends Agent<S, A>, LearnerParts {
  readonly config: VpgConfig
}

/** What one iteration tells. */
export interface Metrics extends Losses {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  /** ‖∂L/∂θ‖ of the policy's step */
  readonly gradNorm: number
  /** mean over V's steps */
  readonly valueLoss: number
  /** of the value function that acted */
  readonly explainedVariance: number
  readonly episodes: readonly Episode[]
}

/** @throws RangeError when the config cannot be, with every field that is wrong */
export const parts = <S, A extends Space = Space>(
  config: VpgConfig,
  env: Environment<S, A>,
  how: MakerName | 'auto' | Kernels = 'auto',
): Parts<S, A> => {
  checked(config)
  return { ...apartParts(config, env, kernelsOf(how)), config }
}

/** The first state of a run: everything in it follows from the key. */
export const init = <S>(parts: Parts<S>): ((seed: Key) => TrainState<S>) =>
  begin(parts, { ...parts.config, moves: 'all' }, null, null)

/** The samples of a trajectory, each with its weight Ψ in place of an advantage. */
const weighted =
  (config: VpgConfig) =>
  (trajectory: Trajectory): Samples => {
    const batch = lookBack(config)(trajectory)
    if (config.weight === 'gae') return batch
    const toGo = discountedReturn(config)(truncation(config.truncation, config.gamma)(trajectory))
    const psi = config.advantage.normalise === 'batch' ? whiten(config.advantage)(toGo) : toGo
    return { ...flattenTime(trajectory, toGo, psi), returns: batch.returns }
  }

/** One step of Adam by the policy. */
const climb =
  (config: VpgConfig, { policy, optimizer }: LearnerParts) =>
  (batch: Samples) =>
  (learner: Learner): [Losses & Pick<Metrics, 'gradNorm'>, Learner] => {
    const { learningRate, valueLearningRate } = config
    const [losses, grads] = lossGrad(config, policy)(learner.params, batch)
    const size = { learningRate, valueLearningRate, moves: 'policy' } as const
    const [gradNorm, next] = takeStep(policy.kernels, optimizer(size))(grads)(learner)
    return [{ ...losses, gradNorm }, next]
  }

/**
 * One iteration of the vanilla policy gradient: Williams 1992, REINFORCE, with the reward to go or
 * with the advantages of Schulman et al. 2016, arXiv:1506.02438, in place of the whole return.
 */
export const iterate =
  <S>(config: VpgConfig, parts: Parts<S>) =>
  (state: TrainState<S>): [Metrics, TrainState<S>] => {
    const [actKey, learnKey, key] = split(state.key, 3)
    const done = state.update + 1
    let reward: Trajectory['reward'] | null = null
    try {
      // Act: T steps in B environments.
      const [{ trajectory, episodes }, world] = parts.rollout(
        state.learner.params,
        actKey,
      )(state.world)
      reward = trajectory.reward

      // Look back at what each step earned.
      const batch = weighted(config)(trajectory)

      // Learn: one step up the policy gradient, then many of V towards the returns.
      const [losses, better] = climb(config, parts)(batch)(state.learner)
      const [valueLoss, learner] = fitValue(config, parts)(batch, learnKey)(better)

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
  config: VpgConfig,
  parts: Parts<S>,
): ((start: TrainState<S>) => Updates<S, Metrics>) => runTo(config, iterate(config, parts))

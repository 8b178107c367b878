import type { Environment } from '../../env/environment.ts'
import type { Space } from '../../env/space.ts'
import type { Episode } from '../../env/wrapper/vectorise.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import type { MakerName } from '../../kernel/makers.ts'
import { clipByGlobalNorm, type ClipState } from '../../optim/clipByGlobalNorm.ts'
import { rmsProp, type RmsPropState } from '../../optim/rmsProp.ts'
import { constant, scheduleFactor } from '../../optim/schedule.ts'
import { chain } from '../../optim/transform.ts'
import { split, type Key } from '../../random/key.ts'
import { explainedVariance } from '../../rl/metrics.ts'
import { located } from '../../tensor/check.ts'
import { agentFor, kernelsOf, type Agent } from '../agent.ts'
import { updatesOf } from '../configFields.ts'
import { begin, type Learner, type LearnerParts, type TrainState } from '../learner.ts'
import { explainLargeReward } from '../largeReward.ts'
import { lookBack } from '../lookBack.ts'
import type { Trajectory } from '../rollout.ts'
import { runTo, type Updates } from '../runTo.ts'
import { takeStep } from '../takeStep.ts'
import { checked, type A2cConfig } from './config.ts'
import { lossGrad, type Losses } from './lossGrad.ts'

type OptimState = readonly [ClipState, RmsPropState]

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends Agent<S, A>, LearnerParts<OptimState> {
  readonly config: A2cConfig
}

export type State<S> = TrainState<S, OptimState>

/** What one iteration tells. */
export interface Metrics extends Losses {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  readonly learningRate: number
  /** ‖∂L/∂θ‖ before it was clipped */
  readonly gradNorm: number
  /** of the value function that acted */
  readonly explainedVariance: number
  readonly episodes: readonly Episode[]
}

/** @throws RangeError when the config cannot be, with every field that is wrong */
export const parts = <S, A extends Space = Space>(
  config: A2cConfig,
  env: Environment<S, A>,
  how: MakerName | 'auto' | Kernels = 'auto',
): Parts<S, A> => {
  checked(config)
  const kernels = kernelsOf(how)
  return {
    ...agentFor(config, env, kernels),
    optimizer: ({ learningRate }) =>
      chain(
        clipByGlobalNorm(kernels, config.maxGradNorm),
        rmsProp({ ...config.rmsProp, learningRate: constant(learningRate) }),
      ),
    config,
  }
}

const stepSize = ({ learningRate }: A2cConfig, factor: number) =>
  ({ learningRate: learningRate * factor, valueLearningRate: null, moves: 'all' }) as const

/** The first state of a run: everything in it follows from the key. */
export const init = <S>(parts: Parts<S>): ((seed: Key) => State<S>) =>
  begin(parts, stepSize(parts.config, 1), null, null)

/**
 * One iteration of A2C: the synchronous form of Mnih et al. 2016, arXiv:1602.01783. It is PPO with
 * one epoch of one minibatch, where every ratio is 1: Huang et al. 2022, arXiv:2205.09123.
 */
export const iterate =
  <S>(config: A2cConfig, parts: Parts<S>) =>
  (state: State<S>): [Metrics, State<S>] => {
    const [actKey, , key] = split(state.key, 3)
    const done = state.update + 1
    const { params } = state.learner
    let reward: Trajectory['reward'] | null = null
    try {
      // Act: a few steps in B environments.
      const [{ trajectory, episodes }, world] = parts.rollout(params, actKey)(state.world)
      reward = trajectory.reward

      // Look back at what each step earned, and compare it with what V expected.
      const batch = lookBack(config)(trajectory)

      // Learn: one step of both, by the gradient over the whole batch.
      const place = { update: state.update, updates: updatesOf(config) }
      const stepsPerUpdate = config.envs * config.steps
      const factor = scheduleFactor(config.learningRateSchedule, {
        ...place,
        stepsPerUpdate,
        totalSteps: config.totalSteps,
      })
      const size = stepSize(config, factor)
      const [losses, grads] = lossGrad(config, parts.policy)(params, batch)
      const step = takeStep(parts.policy.kernels, parts.optimizer(size))
      const [gradNorm, learner]: [number, Learner<OptimState>] = step(grads)(state.learner)

      const metrics = {
        ...losses,
        gradNorm,
        update: done,
        steps: done * stepsPerUpdate,
        learningRate: size.learningRate,
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
  config: A2cConfig,
  parts: Parts<S>,
): ((start: State<S>) => Updates<S, Metrics, OptimState>) => runTo(config, iterate(config, parts))

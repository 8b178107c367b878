import * as E from 'fp-ts/lib/Either.js'
import type { DiscreteEnvironment } from '../../env/environment.ts'
import { vectorise, type VectorEnvironment, type World } from '../../env/wrapper/vectorise.ts'
import { js } from '../../kernel/js/js.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import { adam, type AdamState } from '../../optim/adam.ts'
import { clipByGlobalNorm, type ClipState } from '../../optim/clipByGlobalNorm.ts'
import { constant, linearStairs, type Schedule } from '../../optim/schedule.ts'
import { chain, type Transform } from '../../optim/transform.ts'
import { split, type Key } from '../../random/key.ts'
import { categoricalPolicy, type Policy, type PolicyParams } from '../policy.ts'
import { describeMistakes } from '../codec.ts'
import { decodeConfig, updatesOf, type PpoConfig } from './config.ts'

export type OptimState = readonly [ClipState, AdamState]

/** What learns: the parameters and the optimiser's memory. */
export interface Learner {
  readonly params: PolicyParams
  readonly optim: OptimState
}

/** The whole run as one value: put it in, get the next one out. */
export interface TrainState<S> {
  /** updates done */
  readonly update: number
  readonly key: Key
  readonly world: World<S>
  readonly learner: Learner
}

/** The functions that an iteration is made of. */
export interface Parts<S> {
  readonly env: VectorEnvironment<S>
  readonly policy: Policy
  readonly optimizer: Transform<OptimState>
}

/** The learning rate of an optimiser step, by the number of steps before it. */
export const learningRate = (config: PpoConfig): Schedule =>
  config.learningRateSchedule === 'constant'
    ? constant(config.learningRate)
    : linearStairs(config.learningRate, updatesOf(config), config.epochs * config.minibatches)

/**
 * The parts that a config describes, for a world.
 *
 * @param kernels the numeric kernels; f32 JavaScript unless told otherwise
 * @throws RangeError when the config cannot be, with every field that is wrong
 */
export const parts = <S>(
  config: PpoConfig,
  env: DiscreteEnvironment<S>,
  kernels: Kernels = js.f32,
): Parts<S> => {
  const checked = decodeConfig(config)
  if (E.isLeft(checked)) throw new RangeError(describeMistakes(checked.left))
  return {
    env: vectorise(env, config.envs, kernels.dtype),
    policy: categoricalPolicy(kernels, env, config),
    optimizer: chain(
      clipByGlobalNorm(kernels, config.maxGradNorm),
      adam(kernels, { ...config.adam, learningRate: learningRate(config) }),
    ),
  }
}

/** The first state of a run: everything in it follows from the key. */
export const init =
  <S>({ env, policy, optimizer }: Parts<S>) =>
  (seed: Key): TrainState<S> => {
    const [paramsKey, worldKey, key] = split(seed, 3)
    const params = policy.init(paramsKey)
    const optim = optimizer.init(params.flat)
    return { update: 0, key, world: env.init(worldKey), learner: { params, optim } }
  }

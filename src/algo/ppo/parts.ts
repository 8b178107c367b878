import * as E from 'fp-ts/lib/Either.js'
import type { DiscreteEnvironment } from '../../env/environment.ts'
import { vectorise, type VectorEnvironment } from '../../env/wrapper/vectorise.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import { maker, type MakerName } from '../../kernel/makers.ts'
import { adam } from '../../optim/adam.ts'
import { clipByGlobalNorm } from '../../optim/clipByGlobalNorm.ts'
import { chain } from '../../optim/transform.ts'
import { split, type Key } from '../../random/key.ts'
import { describeMistakes } from '../codec.ts'
import { categoricalPolicy } from '../policy.ts'
import { rollout } from '../rollout.ts'
import { decodeConfig, type PpoConfig } from './config.ts'
import { learningRate, type LearnerParts, type TrainState } from './learner.ts'
import { engine, type Engine } from './plan/engine.ts'
import { update } from './update.ts'

/** The functions that an iteration is made of. */
export interface Parts<S> extends LearnerParts, Engine<S> {
  readonly env: VectorEnvironment<S>
}

/** The same with every step as it is written, in tensors, on any kernels. */
export const asWritten = <S>(
  config: PpoConfig,
  env: DiscreteEnvironment<S>,
  kernels: Kernels,
): Parts<S> => {
  const worlds = vectorise(env, config.envs, kernels.dtype)
  const learner: LearnerParts = {
    policy: categoricalPolicy(kernels, env, config),
    optimizer: chain(
      clipByGlobalNorm(kernels, config.maxGradNorm),
      adam(kernels, { ...config.adam, learningRate: learningRate(config) }),
    ),
  }
  return {
    ...learner,
    env: worlds,
    rollout: rollout(worlds, learner.policy, config.steps),
    update: update(config, learner),
  }
}

/** Throws unless the config can be. */
export const checked = (config: PpoConfig): PpoConfig => {
  const decoded = decodeConfig(config)
  if (E.isLeft(decoded)) throw new RangeError(describeMistakes(decoded.left))
  return config
}

/**
 * The parts that a config describes, for a world.
 *
 * @param how the name of a maker runs rollouts and updates over arrays laid out once: 'wasm', 'js',
 * or 'auto', which is 'wasm' where the engine has SIMD. Kernels (`kernel.js.f32`, `kernel.js.f64`) run
 * every step as it is written, in tensors: slow, for reading and for gradient checks in f64. f32 gives the same bits in any case.
 * @throws RangeError when the config cannot be, with every field that is wrong
 */
export const parts = <S>(
  config: PpoConfig,
  env: DiscreteEnvironment<S>,
  how: MakerName | 'auto' | Kernels = 'auto',
): Parts<S> => {
  checked(config)
  if (typeof how === 'object') return asWritten(config, env, how)
  const made = maker(how)
  return { ...asWritten(config, env, made.kernels), ...engine(config, env, made) }
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

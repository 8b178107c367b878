import { wait, runSync, type Task } from '../engine/task.ts'
import type { VectorEnvironment, VecEnvState } from '../env/wrapper/vectorise.ts'
import type { AsyncVectorEnvironment } from '../env/wrapper/vectoriseAsync.ts'
import type { AdamState } from '../optim/adam.ts'
import type { ClipState } from '../optim/clipByGlobalNorm.ts'
import type { Transform } from '../optim/transform.ts'
import { split, type Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import type { NormaliseConfig, Normaliser } from './look.ts'
import { startNormaliser } from './normaliser.ts'
import type { Policy, PolicyParams } from './policy.ts'

/** The norm of the last gradient, and one Adam for all parameters, or V's after the policy's. */
export type OptimState = readonly [ClipState, AdamState, ...AdamState[]]

/** What learning itself sets: the adaptive learning rate, and the adaptive weight of the penalty. */
export interface AdaptiveState {
  readonly learningRate: number
  readonly beta: number
}

/** What a run learns: the parameters, the optimiser's state, and other state that it carries on. */
export interface Learner<O = OptimState> {
  readonly params: PolicyParams
  readonly optim: O
  /** null where the config sets both */
  readonly adaptive: AdaptiveState | null
  /** null where nothing is normalised */
  readonly normaliser: Normaliser | null
}

/** The functions that map a learner to the next one. */
export interface LearnerParts<O = OptimState> {
  readonly policy: Policy
  readonly optimizer: Transform<O>
}

/** The whole run as one value: `iterate` maps it to the next one. */
export interface TrainState<S, O = OptimState> {
  /** updates done */
  readonly update: number
  readonly key: Key
  readonly envState: VecEnvState<S>
  readonly learner: Learner<O>
}

/**
 * Replaces the parameters of a state, for example with those of a file. The optimiser starts again;
 * statistics, environments and key stay unchanged.
 *
 * @throws RangeError when there are more or fewer parameters
 */
export const withParams =
  <O>({ optimizer }: Pick<LearnerParts<O>, 'optimizer'>) =>
  <S>(state: TrainState<S, O>, params: PolicyParams): TrainState<S, O> => {
    const { flat } = state.learner.params
    expectShape('params', params.flat, flat.dims, flat.shape)
    const optim = optimizer.init(params.flat)
    return { ...state, learner: { ...state.learner, params, optim } }
  }

/** The first state of a run, in environments of either kind: everything in it follows from the key. */
export const beginning = <S, O>(
  {
    env,
    policy,
    optimizer,
  }: LearnerParts<O> & { readonly env: VectorEnvironment<S> | AsyncVectorEnvironment<S> },
  adaptive: AdaptiveState | null,
  normalise: NormaliseConfig | null,
) =>
  function* (seed: Key): Task<TrainState<S, O>> {
    const [paramsKey, worldKey, key] = split(seed, 3)
    const params = policy.init(paramsKey)
    const optim = optimizer.init(params.flat)
    const normaliser = normalise === null ? null : startNormaliser(normalise, env.env, env.count)
    return {
      update: 0,
      key,
      envState: yield* wait(env.init(worldKey)),
      learner: { params, optim, adaptive, normaliser },
    }
  }

/** The first state of a run: everything in it follows from the key. */
export const begin = <S, O>(
  parts: LearnerParts<O> & { readonly env: VectorEnvironment<S> },
  ...how: [AdaptiveState | null, NormaliseConfig | null]
): ((seed: Key) => TrainState<S, O>) => {
  const start = beginning(parts, ...how)
  return (seed) => runSync(start(seed))
}

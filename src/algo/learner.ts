import { ask, atOnce, type Task } from '../env/task.ts'
import type { VectorEnvironment, World } from '../env/wrapper/vectorise.ts'
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
export interface Tuned {
  readonly learningRate: number
  readonly beta: number
}

/** What learns: the parameters, the optimiser's memory, and what else a run carries on. */
export interface Learner<O = OptimState> {
  readonly params: PolicyParams
  readonly optim: O
  /** null where the config sets both */
  readonly tuned: Tuned | null
  /** null where nothing is normalised */
  readonly normaliser: Normaliser | null
}

/** What an optimiser's step moves, and how far. */
export interface StepSize {
  readonly learningRate: number
  /** of V's own Adam, where it has one */
  readonly valueLearningRate: number | null
  readonly moves: 'all' | 'policy' | 'value'
}

/** The functions that make one learner of another. */
export interface LearnerParts<O = OptimState> {
  readonly policy: Policy
  readonly optimizer: (size: StepSize) => Transform<O>
}

/** The whole run as one value: put it in, get the next one out. */
export interface TrainState<S, O = OptimState> {
  /** updates done */
  readonly update: number
  readonly key: Key
  readonly world: World<S>
  readonly learner: Learner<O>
}

/**
 * The same state with parameters from elsewhere, as those of a file; the optimiser remembers
 * nothing, and statistics, worlds and key stay.
 *
 * @throws RangeError when there are more or fewer parameters
 */
export const withParams =
  <O>({ optimizer }: Pick<LearnerParts<O>, 'optimizer'>, size: StepSize) =>
  <S>(state: TrainState<S, O>, params: PolicyParams): TrainState<S, O> => {
    const { flat } = state.learner.params
    expectShape('params', params.flat, flat.dims, flat.shape)
    const optim = optimizer(size).init(params.flat)
    return { ...state, learner: { ...state.learner, params, optim } }
  }

/** The first state of a run, in worlds of either kind: everything in it follows from the key. */
export const beginning = <S, O>(
  {
    env,
    policy,
    optimizer,
  }: LearnerParts<O> & { readonly env: VectorEnvironment<S> | AsyncVectorEnvironment<S> },
  size: StepSize,
  tuned: Tuned | null,
  normalise: NormaliseConfig | null,
) =>
  function* (seed: Key): Task<TrainState<S, O>> {
    const [paramsKey, worldKey, key] = split(seed, 3)
    const params = policy.init(paramsKey)
    const optim = optimizer(size).init(params.flat)
    const normaliser = normalise === null ? null : startNormaliser(normalise, env.env, env.count)
    return {
      update: 0,
      key,
      world: yield* ask(env.init(worldKey)),
      learner: { params, optim, tuned, normaliser },
    }
  }

/** The first state of a run: everything in it follows from the key. */
export const begin = <S, O>(
  parts: LearnerParts<O> & { readonly env: VectorEnvironment<S> },
  ...how: [StepSize, Tuned | null, NormaliseConfig | null]
): ((seed: Key) => TrainState<S, O>) => {
  const start = beginning(parts, ...how)
  return (seed) => atOnce(start(seed))
}

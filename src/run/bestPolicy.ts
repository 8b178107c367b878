import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyMetrics } from '../algo/algorithm.ts'
import * as safetensors from '../format/safetensors.ts'
import type { RunConfig } from './config.ts'
import { readTrained, trainedTensors, type PolicySnapshot } from './policy/policySnapshot.ts'

/** The origin of a run's best policy: its update, and the mean return of its evaluation. */
export interface Best {
  readonly update: number
  readonly mean: number
}

/** The update after which evaluations count: a fork keeps the best of its own policies. */
const countsAfter = ({ past }: Pick<RunConfig, 'past'>): number => past.at(-1)?.until ?? 0

/**
 * The best policy of a run after another update: the one whose evaluation has the highest mean return; ties
 * go to the earliest.
 */
export const bestAfter =
  (config: Pick<RunConfig, 'past'>) =>
  (best: Best | null, { update, evalReturn = NaN }: AnyMetrics): Best | null =>
    update > countsAfter(config) &&
    Number.isFinite(evalReturn) &&
    evalReturn > (best?.mean ?? -Infinity)
      ? { update, mean: evalReturn }
      : best

/** Whether a run ends after this update, because the interval of its evaluation has reached `stopAt`. */
export const isReached = (
  { past, evaluation }: Pick<RunConfig, 'past' | 'evaluation'>,
  { update, evalLow = NaN }: AnyMetrics,
): boolean =>
  evaluation?.stopAt !== undefined && update > countsAfter({ past }) && evalLow >= evaluation.stopAt

type Of = Pick<RunConfig, 'env' | 'seed'>

const FORMAT = 'proximal policy 1'

/**
 * best.safetensors of a run folder: the tensors of params.safetensors, and in its metadata the update and
 * the mean return of the evaluation that chose it.
 */
export const encodeBest = (
  { env, seed }: Of,
  { update, mean }: Best,
  trained: PolicySnapshot,
): Uint8Array =>
  safetensors.encode(trainedTensors(trained), {
    format: FORMAT,
    env,
    seed: String(seed),
    update: String(update),
    return: String(mean),
  })

/** A best policy from a file. */
export interface StoredBest extends Best {
  /** the policy; its tensors must have the shapes of `like` */
  readonly trained: (like: PolicySnapshot) => E.Either<string, PolicySnapshot>
}

/** Decodes best.safetensors; Left unless it is one of a run in that environment and of that seed. */
export const decodeBest = ({ env, seed }: Of, bytes: Uint8Array): E.Either<string, StoredBest> =>
  pipe(
    safetensors.open(bytes),
    E.filterOrElse(
      ({ metadata }) =>
        metadata['format'] === FORMAT &&
        metadata['env'] === env &&
        metadata['seed'] === String(seed) &&
        /^[1-9]\d{0,14}$/.test(metadata['update'] ?? '') &&
        Number.isFinite(Number(metadata['return'] ?? NaN)),
      () => 'expected the best policy of this run, found something else',
    ),
    E.map(({ metadata, tensors }) => ({
      update: Number(metadata['update']),
      mean: Number(metadata['return']),
      trained: (like) => readTrained(like)(tensors),
    })),
  )

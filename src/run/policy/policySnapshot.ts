import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Normaliser } from '../../algo/look.ts'
import type { PolicyParams } from '../../algo/policy.ts'
import type { Moments } from '../../rl/moments.ts'
import { notFinite } from '../../tensor/check.ts'
import { leaves, withFlat, type Params, type ParamTree } from '../../tensor/params.ts'
import {
  allocate,
  data,
  describe,
  own,
  ownLike,
  size,
  type Floats,
  type Tensor,
} from '../../tensor/tensor.ts'
import * as safetensors from '../../format/safetensors.ts'

/** What acts after training: the parameters, and the statistics that normalise observations. */
export interface PolicySnapshot {
  readonly params: PolicyParams
  readonly normaliser: Normaliser | null
}

/** Tensors by the names that they have in a file, in order. */
export type Named = ReadonlyArray<readonly [string, Tensor]>

const OBSERVATION = 'normaliser.observation'
const REWARD = 'normaliser.reward'

const countOf = ({ count }: Moments): Tensor => own(['count'], [1], Float64Array.of(count))

const momentTensors = (name: string, moments: Moments): Named => [
  [`${name}.count`, countOf(moments)],
  [`${name}.mean`, moments.mean],
  [`${name}.m2`, moments.m2],
]

const normaliserTensors = (normaliser: Normaliser | null): Named => [
  ...(normaliser?.observation ? momentTensors(OBSERVATION, normaliser.observation) : []),
  ...(normaliser?.reward
    ? [
        ...momentTensors(REWARD, normaliser.reward.moments),
        [`${REWARD}.returns`, normaliser.reward.returns] as const,
      ]
    : []),
]

/** The parameters under their paths, then the statistics. */
export const trainedTensors = ({ params, normaliser }: PolicySnapshot): Named => [
  ...leaves(params.tree),
  ...normaliserTensors(normaliser),
]

/** Describes the first number that is not finite, or fails `isRight`; null if there is none. */
export const wrongNumber = (
  tensors: Named,
  isRight: (x: number) => boolean = Number.isFinite,
): string | null => {
  for (const [name, t] of tensors) {
    const x = data(t)
    for (let i = 0; i < x.length; i++)
      if (!isRight(x[i]!)) return notFinite(name, t.dims, t.shape, i, x[i]!).message
  }
  return null
}

/** Parameters and statistics as a safetensors file: params.safetensors of a run folder. */
export const encodeTrained = (trained: PolicySnapshot): Uint8Array =>
  safetensors.encode(trainedTensors(trained))

export type Stored = ReadonlyMap<string, safetensors.StoredTensor>

/** A tensor of a file that looks like `like`. */
export const read =
  (stored: Stored) =>
  <D extends string[]>(name: string, like: Tensor<D>): E.Either<string, Tensor<D>> => {
    const found = stored.get(name)
    const shape: readonly number[] = like.shape
    return found?.dtype === like.dtype && found.shape.join() === shape.join()
      ? E.right(ownLike(like, found.data))
      : E.left(
          `${name}: expected ${like.dtype} ${describe(like.dims, shape)}, got ${found === undefined ? 'nothing' : `${found.dtype} [${found.shape.join(', ')}]`}`,
        )
  }

const readMoments = (stored: Stored, name: string, like: Moments): E.Either<string, Moments> =>
  pipe(
    E.Do,
    E.bind('count', () => read(stored)(`${name}.count`, countOf(like))),
    E.bind('mean', () => read(stored)(`${name}.mean`, like.mean)),
    E.bind('m2', () => read(stored)(`${name}.m2`, like.m2)),
    E.map(({ count, mean, m2 }) => ({ count: data(count)[0]!, mean, m2 })),
  )

const readNormaliser = (
  stored: Stored,
  { observation, reward }: Normaliser,
): E.Either<string, Normaliser> =>
  pipe(
    E.Do,
    E.bind('observation', () =>
      observation === null ? E.right(null) : readMoments(stored, OBSERVATION, observation),
    ),
    E.bind('reward', () =>
      reward === null
        ? E.right(null)
        : pipe(
            E.Do,
            E.bind('moments', () => readMoments(stored, REWARD, reward.moments)),
            E.bind('returns', () => read(stored)(`${REWARD}.returns`, reward.returns)),
          ),
    ),
  )

/** Parameters by their paths, each as large as that of `like`. */
export const readParams = <P extends ParamTree>(
  stored: Stored,
  like: Params<P>,
): E.Either<string, Params<P>> => {
  const flat = allocate(like.flat.dtype, size(like.flat)) as Floats
  let at = 0
  for (const [name, leaf] of leaves(like.tree)) {
    const found = read(stored)(name, leaf)
    if (E.isLeft(found)) return found
    flat.set(data(found.right), at)
    at += size(leaf)
  }
  return E.right(withFlat(like.tree, flat))
}

/** What acts, of the tensors of a file, for a policy and statistics that look like `like`. */
export const readTrained =
  (like: PolicySnapshot) =>
  (stored: Stored): E.Either<string, PolicySnapshot> =>
    pipe(
      E.Do,
      E.bind('params', () => readParams(stored, like.params)),
      E.bind('normaliser', () =>
        like.normaliser === null ? E.right(null) : readNormaliser(stored, like.normaliser),
      ),
      E.flatMap((trained) => {
        const wrong = wrongNumber(trainedTensors(trained))
        return wrong === null ? E.right(trained) : E.left(wrong)
      }),
    )

/**
 * Parameters and statistics from params.safetensors. Left if a tensor is missing, has another shape
 * than in `like`, or holds a number that is not finite.
 */
export const decodeTrained =
  (like: PolicySnapshot) =>
  (bytes: Uint8Array): E.Either<string, PolicySnapshot> =>
    pipe(safetensors.decode(bytes), E.flatMap(readTrained(like)))

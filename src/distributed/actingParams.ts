import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Normaliser } from '../algo/look.ts'
import type { PolicyParams } from '../algo/policy.ts'
import * as safetensors from '../format/safetensors.ts'
import type { Moments } from '../rl/moments.ts'
import { numbers } from '../run/optimState.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'

/** What a rollout acts by. */
export interface ActingParams {
  readonly params: Pick<PolicyParams, 'flat'>
  /** with statistics of observations alone; null where none are normalised */
  readonly normaliser: Normaliser | null
}

/** Parameters and observation statistics as a safetensors file. */
export const encodeActingParams = (
  { flat }: Pick<PolicyParams, 'flat'>,
  normaliser: Normaliser | null,
): Uint8Array => {
  const seen = normaliser?.observation ?? null
  const statistics: ReadonlyArray<readonly [string, Tensor]> =
    seen === null
      ? []
      : [
          ['count', numbers(seen.count)],
          ['mean', seen.mean],
          ['m2', seen.m2],
        ]
  return safetensors.encode([['params', flat], ...statistics])
}

const isF64 = (x: unknown): x is Float64Array => x instanceof Float64Array

/** The parameters of such a file, or what is wrong with it. */
export const decodeActingParams = (bytes: Uint8Array): E.Either<string, ActingParams> =>
  pipe(
    safetensors.decode(bytes),
    E.mapLeft((problem) => `params: ${problem}`),
    E.flatMap((tensors): E.Either<string, ActingParams> => {
      const flat = tensors.get('params')?.data
      if (!(flat instanceof Float32Array)) return E.left('params: expected params of f32, got none')
      const params = { flat: own(['param'] as ['param'], [flat.length], flat) }
      if (tensors.size === 1) return E.right({ params, normaliser: null })
      const [count, mean, m2] = ['count', 'mean', 'm2'].map((name) => tensors.get(name)?.data)
      if (!isF64(count) || !isF64(mean) || !isF64(m2) || count.length !== 1 || tensors.size !== 4)
        return E.left('params: expected count, mean and m2 of f64, got something else')
      if (mean.length !== m2.length)
        return E.left(`params: m2: expected [feature=${mean.length}], got [feature=${m2.length}]`)
      const vector = (x: Float64Array) => own(['feature'] as ['feature'], [x.length], x)
      const observation: Moments = { count: count[0]!, mean: vector(mean), m2: vector(m2) }
      return E.right({ params, normaliser: { observation, reward: null } })
    }),
  )

/** Numbers of the parameters. */
export const paramCount = ({ flat }: Pick<PolicyParams, 'flat'>): number => data(flat).length

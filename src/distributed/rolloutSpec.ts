import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { anything, codec, number, shape, string } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { shardRange } from '../algo/shards.ts'
import { canonicalJson, parseJson } from '../format/json.ts'
import { checkSettings, hash, readAlgorithm } from '../run/config.ts'
import { environmentName } from '../run/environmentName.ts'

/** An environment by its name, and for one from a module by the SHA-256 of the module's file. */
export interface NamedEnvironment {
  readonly name: string
  readonly module?: {
    /** SHA-256 of the bytes of its file, in hexadecimal */
    readonly sha256: string
  }
}

/** What all rollout shards of a run have in common. */
export interface RolloutSpec {
  readonly env: NamedEnvironment
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  /** number of parts that the environments are split into */
  readonly shards: number
}

const FORMAT = 'proximal rollout 1'

const outline = shape({
  format: codec(FORMAT, (u): u is typeof FORMAT => u === FORMAT),
  algorithm: string,
  settings: anything,
  shards: number({ from: 1, whole: true }),
  env: shape({ name: environmentName }, { module: shape({ sha256: hash }) }),
})

/** A spec as bytes: equal specs have equal bytes. */
export const encodeSpec = (spec: RolloutSpec): Uint8Array =>
  new TextEncoder().encode(canonicalJson({ format: FORMAT, ...spec }))

/** The spec of such bytes, or what is wrong with them. */
export const decodeSpec = (bytes: Uint8Array): E.Either<string, RolloutSpec> =>
  pipe(
    parseJson(bytes, 'spec: expected JSON, got something else'),
    E.flatMap((json) =>
      pipe(
        outline.decode(json),
        E.mapLeft((mistakes) => `spec: ${describeMistakes(mistakes)}`),
      ),
    ),
    E.bind('known', ({ algorithm }) => readAlgorithm(algorithm)),
    E.bind('decoded', ({ known, settings }) => checkSettings(known, settings)),
    E.filterOrElse(
      ({ shards, decoded }) => shards <= decoded.envs,
      ({ shards, decoded }) => `spec: expected at most ${decoded.envs} shards, got ${shards}`,
    ),
    E.map(({ env, known, decoded, shards }) => ({
      env: env.module === undefined ? { name: env.name } : { name: env.name, module: env.module },
      algorithm: known,
      settings: decoded,
      shards,
    })),
  )

/** The environments [from, to) of the shard with an index >= 0. */
export const rangeOf = (
  { settings: { envs }, shards }: Pick<RolloutSpec, 'settings' | 'shards'>,
  index: number,
): readonly [from: number, to: number] => shardRange(envs, shards, index)

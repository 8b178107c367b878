import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describeMistakes } from '../algo/mistake.ts'
import { shown } from '../tensor/shown.ts'
import {
  algorithms,
  type AlgorithmName,
  type AnyState,
  type Settings,
  type SettingsOf,
} from '../algo/algorithm.ts'
import { own } from '../tensor/tensor.ts'
import { version } from './version.ts'
import { portable, sha256Hex, type Digest } from './hash.ts'
import { LINK_BYTES, linkBytes, linksIn } from './links.ts'
import { readAlgorithm } from './config.ts'
import { isOptimOf } from './optimState.ts'
import { isObject, parseJson } from '../format/json.ts'
import * as safetensors from '../format/safetensors.ts'
import { expectNumbers, learnerTensors } from './storedLearner.ts'
import { encodeSlots } from './storedSlots.ts'
import { trainedTensors, type Named, type Stored } from './policy/policySnapshot.ts'

/** The complete state of a run after an update. */
export interface Checkpoint<S> {
  /** `ppo` by default */
  readonly algorithm?: AlgorithmName
  readonly config: Settings
  readonly state: AnyState<S>
  /** last link of the run's hash chain; null if the caller keeps none */
  readonly link: string | null
  /** additional entries of the calling program */
  readonly about: safetensors.Metadata
}

interface StoredCheckpointOf<N extends AlgorithmName> {
  /** the library that wrote it */
  readonly version: string
  readonly algorithm: N
  readonly config: SettingsOf[N]
  readonly update: number
  /** last link of the run's hash chain; null if none was kept */
  readonly link: string | null
  /** the whole chain, in checkpoints of earlier versions; otherwise null */
  readonly chain: readonly string[] | null
  readonly about: safetensors.Metadata
  readonly tensors: Stored
}

/** A checkpoint from a file, verified to be complete and unchanged. Its state is not decoded yet. */
export type StoredCheckpoint = {
  readonly [N in AlgorithmName]: StoredCheckpointOf<N>
}[AlgorithmName]

const FORMAT = 'proximal checkpoint 2'
/** Format with the whole chain instead of its last link. */
const EARLIER = 'proximal checkpoint 1'
const DIGEST = 32
const OURS = ['format', 'version', 'algorithm', 'config', 'update'] as const

const text = (x: string): Uint8Array => new TextEncoder().encode(x)

const bytesTensor = (bytes: Uint8Array) => own(['byte'], [bytes.length], bytes)

/** A config as JSON with sorted fields: equal configs give equal text. */
const configText = (config: Settings): Uint8Array => {
  const sorted = (u: unknown): unknown =>
    isObject(u)
      ? Object.fromEntries(
          Object.entries(u)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]) => [name, sorted(value)]),
        )
      : u
  return text(JSON.stringify(sorted(config)))
}

/** SHA-256 of a config's fields, whatever their order. */
export const configHash = (config: Settings): string => sha256Hex(configText(config))

/**
 * A run's state as tensors: parameters and statistics under the names that `params.safetensors` has them
 * by, the optimiser's memory, the run's key, and its environments as plain values.
 *
 * @returns Left where an environment's state is not a plain value, or a number is one with which no run can continue
 */
export const stateTensors = <S>(state: AnyState<S>): E.Either<string, Named> =>
  pipe(
    expectNumbers(state),
    E.flatMap(() => encodeSlots(state.envState.slots)),
    E.map((slots) => [
      ...trainedTensors(state.learner),
      ...learnerTensors(state),
      ['run.world', bytesTensor(slots)],
      ['run.observation', state.envState.observation],
    ]),
  )

/** Left for what would become a file that cannot be opened. */
const expectFit = (
  algorithm: AlgorithmName,
  config: Settings,
  { learner: { optim } }: AnyState<unknown>,
): E.Either<string, void> => {
  const { decode, optimiser } = algorithms[algorithm]
  return pipe(
    decode(config),
    E.mapLeft((wrong) => `config: expected one for ${algorithm}: ${describeMistakes(wrong)}`),
    E.filterOrElse(
      () => isOptimOf(optimiser, optim),
      () => `state.learner.optim: expected the state of ${algorithm}'s optimisers, got another`,
    ),
    E.map(() => undefined),
  )
}

/**
 * A run as one safetensors file: parameters and statistics under the names that `params.safetensors` has them
 * by, the optimiser's memory, the run's key, its environments as plain values, the config and the last link
 * of the hash chain; at the end, SHA-256 of every byte before it. Its size does not depend on the length of
 * the run.
 *
 * @param digest a faster SHA-256, if there is one
 * @returns Left where an environment's state is not a plain value, a parameter is not finite, or the state or the config does not belong to the algorithm
 * @throws RangeError if `about` uses one of the checkpoint's own names: `format`, `version`, …
 */
export const encodeCheckpoint = <S>(
  { algorithm = 'ppo', config, state, link, about }: Checkpoint<S>,
  digest: Digest = portable,
): E.Either<string, Uint8Array> => {
  const taken = OURS.find((name) => Object.hasOwn(about, name))
  if (taken !== undefined)
    throw new RangeError(
      `about: expected names that differ from the checkpoint's own, got ${taken}`,
    )
  return pipe(
    expectFit(algorithm, config, state),
    E.flatMap(() => stateTensors(state)),
    E.map((ofState) => {
      const tensors: Named = [
        ...ofState,
        ['run.config', bytesTensor(configText(config))],
        ['run.link', bytesTensor(linkBytes(link === null ? [] : [link]))],
        ['sha256', bytesTensor(new Uint8Array(DIGEST))],
      ]
      const out = safetensors.encode(tensors, {
        ...about,
        format: FORMAT,
        version,
        algorithm,
        config: configHash(config),
        update: String(state.update),
      })
      const end = out.length - DIGEST
      out.set(digest(out.subarray(0, end)), end)
      return out
    }),
  )
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i])

const bytesOf = (stored: Stored, name: string): E.Either<string, Uint8Array> => {
  const found = stored.get(name)?.data
  return found instanceof Uint8Array
    ? E.right(found)
    : E.left(`${name}: expected bytes, got ${found === undefined ? 'nothing' : 'numbers'}`)
}

const readConfig = (algorithm: AlgorithmName, bytes: Uint8Array): E.Either<string, Settings> =>
  pipe(
    parseJson(bytes, 'run.config: expected JSON, got something else'),
    E.flatMap((json) => E.mapLeft(describeMistakes)(algorithms[algorithm].decode(json))),
  )

type Chained = Pick<StoredCheckpoint, 'link' | 'chain'>

const readLink = (bytes: Uint8Array): E.Either<string, Chained> =>
  bytes.length === 0 || bytes.length === LINK_BYTES
    ? E.right({ link: linksIn(bytes)[0] ?? null, chain: null })
    : E.left(`run.link: expected ${LINK_BYTES} bytes or none, got ${bytes.length}`)

const readChain = (bytes: Uint8Array, update: number): E.Either<string, Chained> => {
  const links = bytes.length / LINK_BYTES
  if (links === 0) return E.right({ link: null, chain: null })
  if (links !== update + 1)
    return E.left(`run.chain: expected ${update + 1} links or none, got ${links}`)
  const chain = linksIn(bytes)
  return E.right({ link: chain.at(-1)!, chain })
}

const readUpdate = (given: string | undefined): E.Either<string, number> =>
  given !== undefined && /^\d{1,15}$/.test(given)
    ? E.right(Number(given))
    : E.left(`update: expected a whole number >= 0, got ${shown(given)}`)

const isUnchanged = (bytes: Uint8Array, digest: Digest): boolean => {
  const end = bytes.length - DIGEST
  return end >= 0 && isSame(digest(bytes.subarray(0, end)), bytes.subarray(end))
}

/** Opens a checkpoint file and verifies every byte of it, or says what is wrong with it. */
export const openCheckpoint = (
  bytes: Uint8Array,
  digest: Digest = portable,
): E.Either<string, StoredCheckpoint> =>
  isUnchanged(bytes, digest)
    ? pipe(
        safetensors.open(bytes),
        E.filterOrElse(
          ({ metadata: { format } }) => format === FORMAT || format === EARLIER,
          ({ metadata }) => `expected a ${FORMAT}, got ${shown(metadata['format'])}`,
        ),
        E.bind('algorithm', ({ metadata }) => readAlgorithm(metadata['algorithm'])),
        E.bind('update', ({ metadata }) => readUpdate(metadata['update'])),
        E.bind('config', ({ tensors, algorithm }) =>
          pipe(
            bytesOf(tensors, 'run.config'),
            E.flatMap((bytes) => readConfig(algorithm, bytes)),
          ),
        ),
        E.filterOrElse(
          ({ config, metadata }) => configHash(config) === metadata['config'],
          () => 'config: expected the config with the hash in the file, got another',
        ),
        E.bind('chained', ({ tensors, metadata, update }) =>
          metadata['format'] === EARLIER
            ? pipe(
                bytesOf(tensors, 'run.chain'),
                E.flatMap((chain) => readChain(chain, update)),
              )
            : pipe(bytesOf(tensors, 'run.link'), E.flatMap(readLink)),
        ),
        E.map(({ tensors, metadata, update, algorithm, config, chained }) => {
          const stored: StoredCheckpointOf<AlgorithmName> = {
            version: metadata['version'] ?? '',
            algorithm,
            config,
            update,
            ...chained,
            about: Object.fromEntries(
              Object.entries(metadata).filter(([name]) => !OURS.some((own) => own === name)),
            ),
            tensors,
          }
          // The algorithm has decoded its config.
          return stored as StoredCheckpoint
        }),
      )
    : E.left('expected an intact checkpoint, got a damaged or changed one, or some other file')

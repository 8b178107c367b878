import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { codec, describeMistakes, every, number, oneOf, toMistakes } from '../algo/codec.ts'
import { ppoConfig, updatesOf, type PpoConfig } from '../algo/ppo/config.ts'
import { decodeConfig } from '../algo/ppo/decode.ts'
import { MODES } from '../kernel/gpu/modes.ts'
import { makers, type MakerName } from '../kernel/makers.ts'
import { environmentName } from './environmentName.ts'
import { sha256Hex } from './hash.ts'
import { completed } from './earlier.ts'

/** The files of a run folder. */
export const FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  chain: 'chain',
  params: 'params.safetensors',
  replay: 'replay.json',
} as const

/** Inside it, a folder of checkpoints. */
export const CHECKPOINTS = 'checkpoints'

/** While a process is at work in it, a file that names the process. */
export const LOCK = 'lock'

export const hash = codec(
  '64 hexadecimal digits',
  (u): u is string => typeof u === 'string' && /^[0-9a-f]{64}$/.test(u),
)

/** What of gpu.js has learned a run: no other device has to give its bits. */
const gpu = t.readonly(t.type({ mode: oneOf(...MODES), adapter: t.string, version: t.string }))

const module = t.readonly(t.type({ sha256: hash }))

const runConfig = t.readonly(
  t.intersection([
    t.type({
      format: t.literal('proximal run 1'),
      /** the library that made the run */
      version: t.string,
      /** the name of its environment, built in or anyone's own */
      env: environmentName,
      seed: number({ from: 0, whole: true }),
      preset: t.string,
      /** the maker of the kernels that ran, beside a GPU those that acted; all give the same bits */
      kernels: oneOf(...(Object.keys(makers) as [MakerName])),
      ppo: ppoConfig,
      /** of a fork: the configs that it learned by before, and until which update */
      past: every(
        t.readonly(t.type({ until: number({ from: 1, whole: true }), ppo: ppoConfig })),
        'a list of earlier configs',
      ),
    }),
    t.partial({
      /** only of a run that a GPU learned */
      gpu,
      /**
       * Only of a run in an environment out of a module: SHA-256 of that file's bytes, which do not
       * include those of the modules that it imports. No path is kept: nothing here can be imported.
       */
      module,
    }),
  ]),
)

/** All that a run follows from. */
export type RunConfig = t.TypeOf<typeof runConfig>

const replayRecord = t.readonly(
  t.type({
    format: t.literal('proximal replay 2'),
    /** SHA-256 of the other files */
    files: t.readonly(t.type({ config: hash, metrics: hash, chain: hash, params: hash })),
    /** the hash of the final learner */
    hash,
    /** total updates of the run */
    updates: number({ from: 0, whole: true }),
    /** the last link of the hash chain, which the file `chain` holds */
    link: hash,
  }),
)

/** What a second run of the config has to repeat. */
export type ReplayRecord = t.TypeOf<typeof replayRecord>

const earlierRecord = t.readonly(
  t.type({
    format: t.literal('proximal replay 1'),
    files: t.readonly(t.type({ config: hash, metrics: hash, params: hash })),
    hash,
    /** one link an update, and the starting one before them */
    chain: every(hash, 'a list of links'),
  }),
)

/** A replay record of an earlier version, which contains the whole chain. */
export type LegacyReplayRecord = t.TypeOf<typeof earlierRecord>

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const parseJson = (bytes: Uint8Array): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text(bytes)),
    () => 'expected JSON, got something else or only a part: the run folder is damaged',
  )

const named = E.mapLeft((errors: t.Errors) => describeMistakes(toMistakes(errors)))

export const encodeJson = (value: RunConfig | ReplayRecord | LegacyReplayRecord): string =>
  `${JSON.stringify(value, null, 2)}\n`

/** A stretch of a run that learns by one config, up to an update. */
export interface Stretch {
  readonly until: number
  readonly ppo: PpoConfig
}

/** What is before a run that has done so many updates; the last stretch always is. */
export const stretchesAfter = ({ past, ppo }: RunConfig, update: number): readonly Stretch[] => [
  ...past.filter(({ until }) => until > update),
  { until: updatesOf(ppo), ppo },
]

const wrongPast = ({ past, ppo }: RunConfig): string | null => {
  for (const [i, { until, ppo: earlier }] of past.entries()) {
    if (until <= (past[i - 1]?.until ?? 0) || until > updatesOf(earlier))
      return `past[${i}].until: expected updates that rise and that its config does, got ${until}`
    for (const name of ['envs', 'steps'] as const)
      if (earlier[name] !== ppo[name])
        return `past[${i}].ppo.${name}: expected ${ppo[name]} as now, got ${earlier[name]}`
    const decoded = decodeConfig(earlier)
    if (E.isLeft(decoded)) return `past[${i}].ppo: ${describeMistakes(decoded.left)}`
  }
  const done = past.at(-1)?.until ?? 0
  return updatesOf(ppo) < done
    ? `ppo.totalSteps: expected at least the ${done} updates of the past, got ${updatesOf(ppo)}`
    : null
}

/** A config out of JSON that has been parsed. */
export const checkRunConfig = (json: unknown): E.Either<string, RunConfig> =>
  pipe(
    named(runConfig.decode(completed(json))),
    E.flatMap((config) =>
      pipe(
        decodeConfig(config.ppo),
        E.bimap(describeMistakes, () => config),
      ),
    ),
    E.flatMap((config) => {
      const wrong = wrongPast(config)
      return wrong === null ? E.right(config) : E.left(wrong)
    }),
  )

export const decodeRunConfig = (bytes: Uint8Array): E.Either<string, RunConfig> =>
  pipe(parseJson(bytes), E.flatMap(checkRunConfig))

const decodeEarlier = (json: unknown): E.Either<string, LegacyReplayRecord> =>
  pipe(
    named(earlierRecord.decode(json)),
    E.filterOrElse(
      (record) => record.chain.length > 0,
      () => 'chain: expected at least the starting link, got none',
    ),
  )

const isEarlier = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  'format' in json &&
  json.format === 'proximal replay 1'

export const decodeReplayRecord = (
  bytes: Uint8Array,
): E.Either<string, ReplayRecord | LegacyReplayRecord> =>
  pipe(
    parseJson(bytes),
    E.flatMap((json): E.Either<string, ReplayRecord | LegacyReplayRecord> =>
      isEarlier(json) ? decodeEarlier(json) : named(replayRecord.decode(json)),
    ),
  )

/** Right if a file has the hash that the run recorded. */
export const verifyHash = (got: string, expected: string): E.Either<string, unknown> =>
  got === expected
    ? E.right(got)
    : E.left(
        `expected SHA-256 ${expected.slice(0, 12)}…, got ${got.slice(0, 12)}…: it was changed after the run, put the original back`,
      )

/** Right if the bytes are those that the run wrote. */
export const verifyFile = (bytes: Uint8Array, expected: string): E.Either<string, Uint8Array> =>
  pipe(
    verifyHash(sha256Hex(bytes), expected),
    E.map(() => bytes),
  )

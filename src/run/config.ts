import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  anything,
  codec,
  every,
  literal,
  number,
  oneOf,
  shape,
  string,
  type TypeOf,
} from '../algo/codec.ts'
import { describeMistakes, ROOT, type Mistake } from '../algo/mistake.ts'
import { shown } from '../tensor/shown.ts'
import {
  algorithmNames,
  algorithms,
  type AlgorithmName,
  type Settings,
  type SettingsOf,
} from '../algo/algorithm.ts'
import { updatesOf } from '../algo/configFields.ts'
import { isObject, parseJson } from '../format/json.ts'
import { MODES } from '../kernel/gpu/modes.ts'
import { backends, type BackendName } from '../kernel/backends.ts'
import { environmentName } from './environmentName.ts'
import { evaluationCodec, type EvaluationSettings } from './evaluationSettings.ts'
import { sha256Hex } from './hash.ts'
import { completed } from './earlier.ts'

/** The files of a run folder. */
export const FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  chain: 'chain',
  params: 'params.safetensors',
  best: 'best.safetensors',
  replay: 'replay.json',
} as const

/** Inside it, a folder of checkpoints. */
export const CHECKPOINTS = 'checkpoints'

/** A file that names the process that is using the folder. */
export const LOCK = 'lock'

export const hash = codec(
  '64 hexadecimal digits',
  (u): u is string => typeof u === 'string' && /^[0-9a-f]{64}$/.test(u),
)

/** The mode of gpu.js that trained a run: other devices may give different bits. */
const gpu = shape({ mode: oneOf(...MODES), adapter: string, version: string })

const module = shape({ sha256: hash })

/** How a run was distributed over workers, which changes no bit of it. */
const distributed = shape({ shards: number({ from: 1, whole: true }) })

/** A part of a run that uses one config, up to an update. */
export interface Segment<N extends AlgorithmName = AlgorithmName> {
  readonly until: number
  readonly settings: SettingsOf[N]
}

/** Everything that determines a run. */
export interface RunConfig<N extends AlgorithmName = AlgorithmName> {
  /** which version of this format it is written in */
  readonly format: 'proximal run 2'
  /** the version of the library that made the run */
  readonly version: string
  /** which algorithm learned: `ppo`, `vpg`, `a2c` or `trpo` */
  readonly algorithm: N
  /** the name of its environment, built-in or custom */
  readonly env: string
  /** a whole number from 0 to 2⁵³ − 1, from which all draws of the run follow */
  readonly seed: number
  /** the name of the preset that `settings` began as */
  readonly preset: string
  /** the backend that ran, beside a GPU the one that acted; all give the same bits */
  readonly kernels: BackendName
  /** the config of the algorithm */
  readonly settings: SettingsOf[N]
  /** of a fork: its earlier configs, and the update at which each ended */
  readonly past: ReadonlyArray<Segment<N>>
  /** only of a run that a GPU learned */
  readonly gpu?: TypeOf<typeof gpu>
  /**
   * Only of a run in an environment from a module: SHA-256 of that file's bytes, without those of the modules
   * that it imports. No path is stored, so nothing can be imported because of it.
   */
  readonly module?: TypeOf<typeof module>
  /** only of a run that is evaluated while it learns */
  readonly evaluation?: EvaluationSettings
  /** only of a run that began with workers elsewhere: the parts that its environments are cut into */
  readonly distributed?: TypeOf<typeof distributed>
}

/** A run config whose settings have not been decoded yet. */
const outline = shape(
  {
    format: literal('proximal run 2'),
    version: string,
    algorithm: oneOf(...algorithmNames),
    env: environmentName,
    seed: number({ from: 0, whole: true }),
    preset: string,
    kernels: oneOf(...(Object.keys(backends) as [BackendName])),
    settings: anything,
    past: every(
      shape({ until: number({ from: 1, whole: true }), settings: anything }),
      'a list of earlier configs',
    ),
  },
  { gpu, module, evaluation: evaluationCodec, distributed },
)

const replayRecord = shape({
  format: literal('proximal replay 2'),
  /** SHA-256 of the other files */
  files: shape(
    { config: hash, metrics: hash, chain: hash, params: hash },
    // only of a run that has kept its best policy
    { best: hash },
  ),
  /** the hash of the final learner */
  hash,
  /** total updates of the run */
  updates: number({ from: 0, whole: true }),
  /** the last link of the hash chain, which the file `chain` holds */
  link: hash,
})

/** What a repetition of the run must reproduce. */
export type ReplayRecord = TypeOf<typeof replayRecord>

const earlierRecord = shape({
  format: literal('proximal replay 1'),
  files: shape({ config: hash, metrics: hash, params: hash }),
  hash,
  /** one link an update, and the starting one before them */
  chain: every(hash, 'a list of links'),
})

/** A replay record of an earlier version, which contains the whole chain. */
export type LegacyReplayRecord = TypeOf<typeof earlierRecord>

const DAMAGED = 'expected JSON, got something else or only a part: the run folder is damaged'

const named = E.mapLeft(describeMistakes)

export const encodeJson = (value: RunConfig | ReplayRecord | LegacyReplayRecord): string =>
  `${JSON.stringify(value, null, 2)}\n`

/** The segments of a run after so many updates; there is always a last one. */
export const segmentsAfter = (
  { past, settings }: Pick<RunConfig, 'past' | 'settings'>,
  update: number,
): readonly Segment[] => [
  ...past.filter(({ until }) => until > update),
  { until: updatesOf(settings), settings },
]

const wrongTogether = ({
  algorithm,
  past,
  settings,
  gpu,
  evaluation,
}: RunConfig): string | null => {
  if (evaluation?.stopAt !== undefined && evaluation.episodes < 2)
    return `evaluation.episodes: expected at least 2 with stopAt, got ${evaluation.episodes}`
  if (gpu !== undefined && algorithm !== 'ppo')
    return `gpu: expected none for a run of ${algorithm}, got ${gpu.mode}`
  for (const [i, { until, settings: earlier }] of past.entries()) {
    if (until <= (past[i - 1]?.until ?? 0) || until > updatesOf(earlier))
      return `past[${i}].until: expected increasing updates within its config, got ${until}`
    for (const name of ['envs', 'steps'] as const)
      if (earlier[name] !== settings[name])
        return `past[${i}].settings.${name}: expected ${settings[name]} as now, got ${earlier[name]}`
  }
  const done = past.at(-1)?.until ?? 0
  return updatesOf(settings) < done
    ? `settings.totalSteps: expected at least the ${done} updates of the past, got ${updatesOf(settings)}`
    : null
}

const below = ({ path, ...mistake }: Mistake, place: string): Mistake => ({
  ...mistake,
  path: path === ROOT ? place : `${place}.${path}`,
})

/** An algorithm by its name. */
export const readAlgorithm = (given: unknown): E.Either<string, AlgorithmName> => {
  const found = algorithmNames.find((name) => name === given)
  return found === undefined
    ? E.left(
        `algorithm: expected one of ${algorithmNames.join(', ')}, got ${shown(given)}: a later version may have it`,
      )
    : E.right(found)
}

/** The settings of an algorithm, out of JSON that has been parsed. */
export const checkSettings = (
  algorithm: AlgorithmName,
  json: unknown,
  place = 'settings',
): E.Either<string, Settings> =>
  E.mapLeft((mistakes: readonly Mistake[]) =>
    describeMistakes(mistakes.map((mistake) => below(mistake, place))),
  )(algorithms[algorithm].decode(json))

/** All but the settings, or all that is wrong with it and with them. */
const outlineOf = (json: unknown): E.Either<string, TypeOf<typeof outline>> =>
  pipe(
    named(outline.decode(json)),
    E.mapLeft((problem) => {
      const algorithm = isObject(json) ? readAlgorithm(json['algorithm']) : E.left('')
      if (E.isLeft(algorithm) || !isObject(json)) return problem
      const more = checkSettings(algorithm.right, json['settings'])
      return E.isLeft(more) ? `${problem}; ${more.left}` : problem
    }),
  )

/** A config out of JSON that has been parsed. */
export const checkRunConfig = (json: unknown): E.Either<string, RunConfig> =>
  pipe(
    E.Do,
    E.bind('config', () => outlineOf(completed(json))),
    E.bind('settings', ({ config }) => checkSettings(config.algorithm, config.settings)),
    E.bind('past', ({ config: { algorithm, past } }) =>
      E.traverseArray(([i, { until, settings }]: readonly [number, (typeof past)[number]]) =>
        pipe(
          checkSettings(algorithm, settings, `past[${i}].settings`),
          E.map((settings): Segment => ({ until, settings })),
        ),
      )([...past.entries()]),
    ),
    E.map(({ config, settings, past }): RunConfig => ({ ...config, settings, past })),
    E.flatMap((config) => {
      const wrong = wrongTogether(config)
      return wrong === null ? E.right(config) : E.left(wrong)
    }),
  )

/**
 * Decodes the bytes of `config.json` of a run folder. The result is Left with a message if they are damaged
 * or the config is not valid.
 */
export const decodeRunConfig = (bytes: Uint8Array): E.Either<string, RunConfig> =>
  pipe(parseJson(bytes, DAMAGED), E.flatMap(checkRunConfig))

const decodeEarlier = (json: unknown): E.Either<string, LegacyReplayRecord> =>
  pipe(
    named(earlierRecord.decode(json)),
    E.filterOrElse(
      (record) => record.chain.length > 0,
      () => 'chain: expected at least the starting link, got none',
    ),
  )

const isEarlier = (json: unknown): boolean =>
  isObject(json) && json['format'] === 'proximal replay 1'

/**
 * Decodes the bytes of `replay.json`, including those of an earlier version. The result is Left with a
 * message if they are damaged.
 */
export const decodeReplayRecord = (
  bytes: Uint8Array,
): E.Either<string, ReplayRecord | LegacyReplayRecord> =>
  pipe(
    parseJson(bytes, DAMAGED),
    E.flatMap((json): E.Either<string, ReplayRecord | LegacyReplayRecord> =>
      isEarlier(json) ? decodeEarlier(json) : named(replayRecord.decode(json)),
    ),
  )

/** Right if a file has the hash that the run recorded. */
export const verifyHash = (got: string, expected: string): E.Either<string, unknown> =>
  got === expected
    ? E.right(got)
    : E.left(
        `expected SHA-256 ${expected.slice(0, 12)}…, got ${got.slice(0, 12)}…: it was changed after the run; restore the original`,
      )

/** Right if the bytes are the ones that the run wrote. */
export const verifyFile = (bytes: Uint8Array, expected: string): E.Either<string, Uint8Array> =>
  pipe(
    verifyHash(sha256Hex(bytes), expected),
    E.map(() => bytes),
  )

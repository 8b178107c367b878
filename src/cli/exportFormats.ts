import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { estimate } from '../algo/ppo/estimate/estimate.ts'
import { algorithms } from '../algo/algorithm.ts'
import type { Environment } from '../env/environment.ts'
import { episodesCsvLines, metricsCsvLines } from '../report/metricsCsv.ts'
import { attempt } from '../run/disk/disk.ts'
import { actionsTaken, trajectoryNpz } from '../run/episode/trajectory.ts'
import { encodePolicy } from '../run/policy/encodePolicy.ts'
import { encodeOnnx } from '../run/policy/onnx/encode.ts'
import { reportHtml } from '../report/report.ts'
import { returnSvg } from '../report/returnSvg.ts'
import type { OpenRun } from '../run/folder/openRun.ts'
import { eventsFileName } from '../format/tfevents.ts'
import { tensorboardEventRecords } from '../report/tensorboard.ts'
import { encodeTorch } from '../run/policy/torch.ts'
import type { TorchNames } from '../run/policy/torchExtras.ts'
import type { PolicySnapshot } from '../run/policy/policySnapshot.ts'
import { key, split } from '../random/key.ts'
import type { Budget } from '../run/budget.ts'
import { expectAffordable } from './budget.ts'
import { readPolicy } from './policy.ts'
import { fromFile, notOneOf, type Problem } from './problem.ts'

/** A run and its environment. */
export interface Source {
  readonly folder: string
  readonly stored: OpenRun
  /** Left if it is unknown; not every format needs it */
  readonly env: E.Either<Problem, Environment<unknown>>
  readonly budget: Budget
}

/** The content of a file, whole or as chunks that are made while it is written. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array>

/** Files by name. */
export type Files = { readonly [name: string]: Content }

/** Files to write, and warnings about what their format cannot hold. */
interface Exported {
  readonly files: Files
  readonly warnings: readonly string[]
}

export type Format = (source: Source) => E.Either<Problem, Exported>

/** An export without warnings. */
const whole =
  (format: (source: Source) => E.Either<Problem, Files>): Format =>
  (source) =>
    pipe(
      format(source),
      E.map((files) => ({ files, warnings: [] })),
    )

const tensorboard = whole(({ stored: { metrics, updates, times } }) =>
  pipe(
    fromFile(times()),
    E.map(({ start, end }) => ({
      [eventsFileName(start)]: tensorboardEventRecords(metrics, {
        wallTime: start,
        secondsPerUpdate: Math.max(0, end - start) / Math.max(1, updates),
      }),
    })),
  ),
)

const csv = whole(({ stored: { config, metrics } }) =>
  E.right({
    'metrics.csv': metricsCsvLines(metrics, config.algorithm, config.evaluation !== undefined),
    'episodes.csv': episodesCsvLines(metrics),
  }),
)

/** Files of what is read while they are made. */
const drawn = (draw: () => Files): E.Either<Problem, Files> => fromFile(attempt('', draw))

const html = whole(({ stored, env }) =>
  drawn(() => {
    const known = E.isRight(env) ? { env: env.right } : {}
    const observation = stored.observation()
    return { 'report.html': reportHtml({ ...stored, record: stored, observation, ...known }) }
  }),
)

const svg = whole(({ stored: { config, metrics } }) =>
  drawn(() => ({ 'return.svg': returnSvg(config, metrics) })),
)

/** One rollout of the final policy, in new environments: envs · steps of the config, from seed 0. */
const npz = whole(({ folder, stored, env, budget }) =>
  pipe(
    E.Do,
    E.bind('env', () => env),
    E.let('algorithm', () => algorithms[stored.config.algorithm]),
    E.tap(({ env, algorithm }) =>
      pipe(
        estimate(algorithm.costsLike(stored.config.settings), env, { updates: 1 }),
        expectAffordable(folder, budget),
      ),
    ),
    E.bind('playing', ({ env }) => readPolicy(folder, stored, env, budget)),
    E.map(({ env, algorithm, playing: { trained } }) => {
      const learning = algorithm.parts(stored.config.settings, env)
      const [envKey, actKey] = split(key(0), 2)
      const { params, normaliser } = trained
      const start = learning.env.init(envKey)
      const [{ trajectory, rawObservation }] = learning.rollout(params, actKey, normaliser)(start)
      const { actionSpace } = learning.env.env
      const taken = actionsTaken(actionSpace, learning.policy.bound, trajectory.action)
      const shown = rawObservation ?? null
      return { 'trajectory.npz': trajectoryNpz(trajectory, { shown, taken }) }
    }),
  ),
)

/** The environment of a run, and its policy. */
const trainedOf = ({
  folder,
  stored,
  env,
  budget,
}: Source): E.Either<
  Problem,
  { readonly env: Environment<unknown>; readonly trained: PolicySnapshot }
> =>
  pipe(
    env,
    E.bindTo('env'),
    E.bind('playing', ({ env }) => readPolicy(folder, stored, env, budget)),
    E.map(({ env, playing: { trained } }) => ({ env, trained })),
  )

const onnx: Format = (source) =>
  pipe(
    trainedOf(source),
    E.map(({ env, trained }) => {
      const { config, configHash } = source.stored
      const model = encodeOnnx({
        env,
        config: config.settings,
        trained,
        version: config.version,
        metadata: { version: config.version, config_sha256: configHash },
      })
      const warnings =
        env.actionMask === undefined
          ? []
          : [
              `actions: ${env.name} masks choices, but the model does not: set the logits of masked choices to -inf and take the argmax`,
            ]
      return { files: { 'policy.onnx': model }, warnings }
    }),
  )

/** Parameters as PyTorch loads them, under the names of a library. */
const torch =
  (names: TorchNames): Format =>
  (source) =>
    pipe(
      trainedOf(source),
      E.flatMap(({ env, trained }) =>
        encodeTorch(names)({ env, config: source.stored.config.settings, trained }),
      ),
      E.map(({ bytes, warnings }) => ({
        files: { [`policy.${names}.safetensors`]: bytes },
        warnings,
      })),
    )

/** Everything that acting needs, in one file. */
const policy: Format = (source) =>
  pipe(
    trainedOf(source),
    E.flatMap(({ env, trained }) =>
      E.tryCatch(
        () => encodePolicy({ env, config: source.stored.config.settings, trained }),
        (error) => (error instanceof RangeError ? error.message : String(error)),
      ),
    ),
    E.map((bytes) => ({ files: { 'policy.safetensors': bytes }, warnings: [] })),
  )

const formats: { readonly [name: string]: Format } = {
  tensorboard,
  csv,
  html,
  svg,
  npz,
  policy,
  onnx,
  'safetensors-sb3': torch('sb3'),
  'safetensors-cleanrl': torch('cleanrl'),
}

/** What `--to` may be. */
export const formatNames: readonly string[] = Object.keys(formats)

export const formatOf = (name: string | undefined): E.Either<Problem, Format> =>
  name === undefined
    ? E.left(`--to: expected one of ${formatNames.join(', ')}, got nothing: name one`)
    : Object.hasOwn(formats, name)
      ? E.right(formats[name]!)
      : E.left(notOneOf('--to', name, formatNames))

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { BackendName } from '../kernel/backends.ts'
import { version } from '../run/version.ts'
import type { Cell, Sweep, SweptEnvironment } from '../sweep/plan.ts'
import { namesIn, combinations } from './choices.ts'
import { parseSameBits } from './backendOptions.ts'
import { wholeNumber, type Given } from './options.ts'
import { isPresetFile } from './preset.ts'
import type { Problem } from './problem.ts'
import { parseRedis, type RedisOptions } from './redisOptions.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { startFor } from './suggested.ts'
import { withSettings } from './settings.ts'

/** Options of commands that make many runs in parallel. */
export const jobOptions = {
  steps: { type: 'string' },
  episodes: { type: 'string' },
  workers: { type: 'string' },
  backend: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  redis: { type: 'string' },
  audit: { type: 'string' },
} as const

export const sweepOptions = {
  algo: { type: 'string', multiple: true },
  preset: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  seeds: { type: 'string' },
  ...jobOptions,
} as const

/** How runs are made in parallel, which changes no bit of their results. */
export interface JobChoices {
  /** null: one for each core */
  readonly workers: number | null
  readonly kernels: BackendName
  /** null: on this machine */
  readonly redis: RedisOptions | null
  /** null: a name derived from the settings */
  readonly out: string | null
  readonly json: boolean
}

/** A way to train, before the environment is known. */
interface Variant {
  readonly name: string
  /** undefined: the environment's own */
  readonly preset: string | undefined
  readonly algo: string | undefined
  readonly set: readonly string[]
}

export interface SweepArguments {
  readonly variants: readonly Variant[]
  /** null: the preset's */
  readonly steps: number | null
  readonly seeds: number
  readonly episodes: number
  readonly choices: JobChoices
}

/** The preset of an environment that train begins with, in `--preset own,cleanrl`. */
const OWN = 'own'

export const parseJobChoices = (values: {
  readonly workers?: string | undefined
  readonly backend?: string | undefined
  readonly out?: string | undefined
  readonly json?: boolean | undefined
  readonly redis?: string | undefined
  readonly audit?: string | undefined
}): E.Either<Problem, JobChoices> =>
  pipe(
    E.Do,
    E.bind('backend', () =>
      parseSameBits(values.backend === undefined ? {} : { backend: values.backend }),
    ),
    E.bind('workers', () =>
      values.workers === undefined ? E.right(null) : wholeNumber('workers', values.workers, 1, 1),
    ),
    E.filterOrElse(
      () => values.out !== '',
      (): Problem => '--out: expected the name of a folder, got "": name one or leave it out',
    ),
    E.bind('redis', () => parseRedis(values)),
    E.filterOrElse(
      ({ redis, workers }) => redis === null || workers === null,
      (): Problem =>
        '--workers: expected none with --redis, because proximal worker makes the runs: leave it out',
    ),
    E.map(({ backend, workers, redis }) => ({
      workers,
      redis,
      kernels: backend.kernels,
      out: values.out ?? null,
      json: values.json ?? false,
    })),
  )

/** Every algorithm with every preset; a preset file is for the algorithm that it names. */
const startsOf = (
  presets: readonly string[],
  algos: readonly string[] | null,
): ReadonlyArray<Pick<Variant, 'name' | 'preset' | 'algo'>> =>
  presets.flatMap((preset): ReturnType<typeof startsOf> => {
    const given = preset === OWN ? undefined : preset
    if (isPresetFile(preset) && algos === null)
      return [{ name: preset.split(/[/\\]/).at(-1)!, preset: given, algo: undefined }]
    return (algos ?? ['ppo']).map((algo) => ({
      name: algo === 'ppo' ? preset : `${algo} ${preset}`,
      preset: given,
      algo,
    }))
  })

export const parseSweep = ({
  values,
}: Pick<Given<typeof sweepOptions>, 'values'>): E.Either<Problem, SweepArguments> =>
  pipe(
    E.Do,
    E.bind('algos', () =>
      values.algo === undefined ? E.right(null) : namesIn('algo', values.algo),
    ),
    E.bind('presets', () => namesIn('preset', values.preset ?? [OWN])),
    E.bind('sets', () => combinations(values.set ?? [])),
    E.bind('seeds', () => wholeNumber('seeds', values.seeds, 10, 1)),
    E.bind('episodes', () => wholeNumber('episodes', values.episodes, 100, 1)),
    E.bind('steps', () =>
      values.steps === undefined ? E.right(null) : wholeNumber('steps', values.steps, 0, 1),
    ),
    E.bind('choices', () => parseJobChoices(values)),
    E.map(({ algos, presets, sets, steps, seeds, episodes, choices }) => ({
      variants: startsOf(presets, algos).flatMap((start) =>
        sets.map((set) => ({ ...start, name: [start.name, ...set].join(' '), set })),
      ),
      steps,
      seeds,
      episodes,
      choices,
    })),
  )

export const sweptEnvironment = ({ env, module }: RunEnvironment): SweptEnvironment =>
  module === null ? { name: env.name } : { name: env.name, module }

const cellOf =
  ({ steps }: SweepArguments, argument: string, environment: RunEnvironment) =>
  (variant: Variant): E.Either<Problem, Cell> =>
    pipe(
      startFor(variant, argument, environment.env),
      E.flatMap(({ algorithm, name, settings }) =>
        pipe(
          withSettings(
            algorithm,
            { ...settings, totalSteps: steps ?? settings.totalSteps },
            variant.set,
          ),
          E.map((settings) => ({
            env: sweptEnvironment(environment),
            variant: variant.name,
            algorithm,
            preset: name,
            settings,
          })),
        ),
      ),
    )

const named = (name: string, isOnly: boolean): ((problem: Problem) => Problem) =>
  isOnly ? (problem) => problem : (problem) => problem.replace(/^/gm, `${name}: `)

/** Left if two cells have the same name. */
const expectDistinct = (cells: readonly Cell[]): E.Either<Problem, readonly Cell[]> => {
  const names = cells.map(({ env, variant }) => JSON.stringify([env.name, variant]))
  const twice = cells.find((_, i) => names.indexOf(names[i]!) < i)
  return twice === undefined
    ? E.right(cells)
    : E.left(
        `expected each environment and variant once, got ${twice.env.name} ${twice.variant} twice: rename one or leave it out`,
      )
}

/** What is to be run, in the environments that the arguments name. */
export const sweepOf = (
  asked: SweepArguments,
  environments: ReadonlyArray<readonly [argument: string, environment: RunEnvironment]>,
): E.Either<Problem, Sweep> =>
  pipe(
    environments.flatMap(([argument, environment]) =>
      asked.variants.map((variant) =>
        pipe(
          cellOf(asked, argument, environment)(variant),
          E.mapLeft(named(variant.name, asked.variants.length === 1)),
        ),
      ),
    ),
    E.sequenceArray,
    E.flatMap(expectDistinct),
    E.map((cells) => ({
      format: 'proximal sweep 1',
      version,
      seeds: asked.seeds,
      episodes: asked.episodes,
      cells,
    })),
  )

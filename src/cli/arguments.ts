import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { builtIns } from '../builtin/index.ts'
import type { RunConfig } from '../run/config.ts'
import type { EvaluationSettings } from '../run/evaluationSettings.ts'
import { algorithmOptions, known } from './algorithm.ts'
import { budgetOptions } from './budget.ts'
import { environmentOptions, type EnvironmentValues } from './environment.ts'
import { isModule } from './environmentModule.ts'
import { evaluationOptions, parseEvaluation } from './evaluation.ts'
import { wholeNumber, type Given } from './options.ts'
import { findPreset, isSuggested } from './preset.ts'
import type { Problem } from './problem.ts'
import { withSettings } from './settings.ts'
import { parseTrainOptions, trainOptions } from './trainOptions.ts'
import type { TrainOptions } from './types.ts'

/** Arguments of `train` for a new run. */
export interface NewRunArguments {
  /** name of a built-in environment, or path of a module */
  readonly env: string
  readonly algorithm: AlgorithmName
  readonly seed: number
  readonly isPresetGiven: boolean
  /** null: settings are suggested for the environment once it is loaded */
  readonly preset: Pick<RunConfig, 'preset' | 'settings'> | null
  /** Applies the user's settings over others. */
  readonly withGiven: (settings: Settings) => E.Either<Problem, Settings>
  /** null: choose a free name */
  readonly out: string | null
  /** null: no evaluations */
  readonly evaluation: EvaluationSettings | null
  readonly options: TrainOptions
}

/** Arguments of `train --resume`. */
export interface ResumeArguments {
  readonly out: string
  readonly environment: EnvironmentValues
  readonly options: TrainOptions
}

/** Options for a new run only: a resumed run keeps its own. */
const newRunOptions = {
  ...algorithmOptions,
  steps: { type: 'string' },
  seed: { type: 'string' },
  preset: { type: 'string' },
  set: { type: 'string', multiple: true },
  out: { type: 'string' },
  ...evaluationOptions,
} as const

/** Options for --resume only, since the folder may be somebody else's. */
const resumeOptions = {
  resume: { type: 'string' },
  ...environmentOptions,
  ...budgetOptions,
} as const

export const trainArguments = { ...newRunOptions, ...resumeOptions, ...trainOptions } as const

type Arguments = Given<typeof trainArguments>

export const parseResume = ({ values }: Arguments): E.Either<Problem, ResumeArguments> =>
  pipe(
    parseTrainOptions(values),
    E.filterOrElse(
      () => Object.keys(newRunOptions).every((name) => !(name in values)),
      (): Problem =>
        '--resume: expected no option that changes the run: use proximal fork to change it',
    ),
    E.filterOrElse(
      () => values.resume !== '',
      (): Problem => '--resume: expected the folder of a run, got "": name one',
    ),
    E.map((options) => ({ out: values.resume ?? '', environment: values, options })),
  )

export const parseNewRun = ({ values, names }: Arguments): E.Either<Problem, NewRunArguments> =>
  pipe(
    E.right(names[0]!),
    E.filterOrElse(
      () => Object.keys(resumeOptions).every((name) => !(name in values)),
      (): Problem => {
        const name = Object.keys(resumeOptions).find((name) => name in values)
        return `--${name}: expected only with --resume, got it for a new run: leave it out`
      },
    ),
    E.flatMap((name) =>
      isModule(name) ? E.right(name) : known('env', Object.keys(builtIns))(name),
    ),
    E.bindTo('env'),
    E.bind('start', ({ env }) => findPreset(values, env)),
    E.let(
      'withGiven',
      ({ start: { algorithm } }) =>
        (settings: Settings) =>
          pipe(
            wholeNumber('steps', values.steps, settings.totalSteps, 1),
            E.flatMap((totalSteps) =>
              withSettings(algorithm, { ...settings, totalSteps }, values.set ?? []),
            ),
          ),
    ),
    E.bind('seed', () => wholeNumber('seed', values.seed, 1, 0)),
    E.bind('preset', ({ env, start, withGiven }) =>
      isSuggested(values.preset, start.algorithm, env)
        ? E.right(null)
        : pipe(
            withGiven(start.settings),
            E.map((settings) => ({ preset: start.name, settings })),
          ),
    ),
    E.filterOrElse(
      () => values.out !== '',
      (): Problem => '--out: expected the name of a new folder, got "": name one or leave it out',
    ),
    E.bind('evaluation', () => parseEvaluation(values)),
    E.bind('options', () => parseTrainOptions(values)),
    E.filterOrElse(
      ({ start: { algorithm }, options: { backend } }) =>
        algorithm === 'ppo' || backend.gpu === null,
      ({ start: { algorithm }, options: { backend } }): Problem =>
        `--backend: expected auto, js or wasm for ${algorithm}, got ${backend.gpu}: a GPU learns ppo only`,
    ),
    E.map(({ env, start: { algorithm }, seed, preset, withGiven, evaluation, options }) => ({
      env,
      algorithm,
      seed,
      preset,
      withGiven,
      isPresetGiven: values.preset !== undefined,
      out: values.out ?? null,
      evaluation,
      options,
    })),
  )

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isPresetName, presets, type PresetName } from '../algo/ppo/presets.ts'
import { isWorldName, worlds } from '../env/worlds.ts'
import * as file from '../run/disk/file.ts'
import type { RunConfig } from '../run/config.ts'
import { parseCommand, wholeNumber } from './arguments.ts'
import { budgetOptions, parseBudget } from './budget.ts'
import { checkpointOptions, parseEvery } from './checkpointing.ts'
import { engineOptions, parseEngine } from './engine.ts'
import { environmentOptions, type EnvironmentValues } from './environment.ts'
import { isModule } from './environmentModule.ts'
import type { How } from './running.ts'
import { notOneOf, type Problem } from './problem.ts'
import { withSettings } from './settings.ts'

/** A run that begins. */
export interface NewOrder {
  readonly kind: 'new'
  /** name of a built-in environment, or path of a module */
  readonly env: string
  readonly isPresetGiven: boolean
  readonly choices: Pick<RunConfig, 'seed' | 'preset' | 'ppo'>
  /** null: choose a free name */
  readonly out: string | null
  readonly how: How
}

/** What `train` was asked for: a run of its own, or more of one. */
export type TrainOrder =
  | NewOrder
  | {
      readonly kind: 'resume'
      readonly out: string
      readonly environment: EnvironmentValues
      readonly how: How
    }

/** Turns a name into a file name: letters, digits and hyphens only. */
const plainly = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '') || 'run'

/** runs/cartpole-seed1, or the first of its kind that does not exist yet. */
export const freeFolder = (env: string, suffix: string): string => {
  const base = file.join('runs', `${plainly(env)}${suffix}`)
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}-${i}`
    if (!file.exists(name)) return name
  }
}

const known = <N extends string>(
  what: string,
  is: (name: string) => name is N,
  names: readonly string[],
) => E.fromPredicate(is, (name: string): Problem => notOneOf(what, name, names))

/** How to learn, which changes no bit of what is learned, unless a GPU learns it. */
export const howOptions = {
  json: { type: 'boolean' },
  tensorboard: { type: 'boolean' },
  ...checkpointOptions,
  ...engineOptions,
} as const

export const parseHow = (
  values: Parameters<typeof parseEngine>[0] & {
    readonly json?: boolean | undefined
    readonly tensorboard?: boolean | undefined
    readonly 'checkpoint-every'?: string | undefined
    readonly budget?: string | undefined
  },
  engineOf = parseEngine,
): E.Either<Problem, How> =>
  pipe(
    E.Do,
    E.bind('engine', () => engineOf(values)),
    E.bind('every', () => parseEvery(values['checkpoint-every'])),
    E.bind('budget', () => parseBudget(values.budget)),
    E.map((how) => ({
      ...how,
      json: values.json ?? false,
      tensorboard: values.tensorboard ?? false,
    })),
  )

/** The default preset for an environment from a module. */
export const OWN_PRESET: PresetName = 'cleanrl'

const ofNew = {
  steps: { type: 'string' },
  seed: { type: 'string' },
  preset: { type: 'string' },
  set: { type: 'string', multiple: true },
  out: { type: 'string' },
} as const

const parseResume = (
  args: readonly string[],
): E.Either<Problem, Extract<TrainOrder, { kind: 'resume' }>> =>
  pipe(
    parseCommand(
      args,
      {
        resume: { type: 'string' },
        ...ofNew,
        ...environmentOptions,
        ...howOptions,
        ...budgetOptions,
      },
      [],
    ),
    E.filterOrElse(
      ({ values }) => Object.keys(ofNew).every((name) => !(name in values)),
      (): Problem =>
        '--resume: expected no other choice about the run, which goes on as it is: proximal fork changes it',
    ),
    E.filterOrElse(
      ({ values }) => values.resume !== '',
      (): Problem => '--resume: expected the folder of a run, got "": name one',
    ),
    E.bindTo('given'),
    E.bind('how', ({ given: { values } }) => parseHow(values)),
    E.map(({ given: { values }, how }) => ({
      kind: 'resume',
      out: values.resume ?? '',
      environment: values,
      how,
    })),
  )

const parseNew = (args: readonly string[]): E.Either<Problem, NewOrder> =>
  pipe(
    parseCommand(args, { ...ofNew, ...howOptions }, ['<env>']),
    E.bindTo('given'),
    E.bind('env', ({ given }) => {
      const name = given.names[0]!
      return isModule(name) ? E.right(name) : known('env', isWorldName, Object.keys(worlds))(name)
    }),
    E.bind('preset', ({ given, env }) =>
      known(
        '--preset',
        isPresetName,
        Object.keys(presets),
      )(given.values.preset ?? (isModule(env) ? OWN_PRESET : env)),
    ),
    E.bind('seed', ({ given }) => wholeNumber('seed', given.values.seed, 1, 0)),
    E.bind('steps', ({ given, preset }) =>
      wholeNumber('steps', given.values.steps, presets[preset].totalSteps, 1),
    ),
    E.bind('ppo', ({ given, preset, steps }) =>
      withSettings({ ...presets[preset], totalSteps: steps }, given.values.set ?? []),
    ),
    E.filterOrElse(
      ({ given }) => given.values.out !== '',
      (): Problem => '--out: expected the name of a new folder, got "": name one or leave it out',
    ),
    E.bind('how', ({ given }) => parseHow(given.values)),
    E.map(({ given: { values }, env, preset, seed, ppo, how }) => ({
      kind: 'new',
      env,
      isPresetGiven: values.preset !== undefined,
      choices: { seed, preset, ppo },
      out: values.out ?? null,
      how,
    })),
  )

export const parseTrain = (args: readonly string[]): E.Either<Problem, TrainOrder> =>
  args.some((arg) => arg === '--resume' || arg.startsWith('--resume='))
    ? parseResume(args)
    : parseNew(args)

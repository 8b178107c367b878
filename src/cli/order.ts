import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isPresetName, presets } from '../algo/ppo/presets.ts'
import { isWorldName, worlds } from '../env/worlds.ts'
import * as file from '../io/file.ts'
import type { RunConfig } from '../io/run.ts'
import { version } from '../version.ts'
import { parseCommand, wholeNumber } from './arguments.ts'
import { engineOptions, parseEngine, type EngineOrder } from './engine.ts'
import { notOneOf, type Problem } from './problem.ts'
import { withSettings } from './settings.ts'

/** What `train` was asked for. */
export interface TrainOrder {
  readonly config: RunConfig
  readonly out: string
  readonly json: boolean
  readonly engine: EngineOrder
}

/** runs/cartpole-seed1, or the first of its kind that does not exist yet. */
const freeFolder = (env: string, seed: number): string => {
  const base = file.join('runs', `${env}-seed${seed}`)
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

export const parseTrain = (args: readonly string[]): E.Either<Problem, TrainOrder> =>
  pipe(
    parseCommand(
      args,
      {
        steps: { type: 'string' },
        seed: { type: 'string' },
        preset: { type: 'string' },
        set: { type: 'string', multiple: true },
        out: { type: 'string' },
        json: { type: 'boolean' },
        ...engineOptions,
      },
      ['<env>'],
    ),
    E.bindTo('given'),
    E.bind('env', ({ given }) => known('env', isWorldName, Object.keys(worlds))(given.names[0]!)),
    E.bind('preset', ({ given, env }) =>
      known('--preset', isPresetName, Object.keys(presets))(given.values.preset ?? env),
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
    E.bind('engine', ({ given }) => parseEngine(given.values)),
    E.map(({ given: { values }, env, preset, seed, ppo, engine }) => ({
      config: {
        format: 'proximal run 1',
        version,
        env,
        seed,
        preset,
        kernels: engine.kernels,
        ppo,
      },
      out: values.out ?? freeFolder(env, seed),
      json: values.json ?? false,
      engine,
    })),
  )

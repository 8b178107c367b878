import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { version } from '../run/version.ts'
import type { SweptEnvironment } from '../sweep/plan.ts'
import {
  fewestSteps,
  leastBudget,
  type SearchKind,
  type SearchSize,
} from '../sweep/search/halving.ts'
import { searchSpace, type Dimension } from '../sweep/search/space.ts'
import { canLearn } from '../sweep/search/trial.ts'
import { algorithmOptions, known } from './algorithm.ts'
import { wholeNumber, type Given } from './options.ts'
import type { Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { startFor } from './suggested.ts'
import { withSettings } from './settings.ts'
import { jobOptions, parseJobChoices, sweptEnvironment, type JobChoices } from './sweepArguments.ts'

export const tuneOptions = {
  ...algorithmOptions,
  preset: { type: 'string' },
  set: { type: 'string', multiple: true },
  search: { type: 'string' },
  'total-steps': { type: 'string' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  ...jobOptions,
} as const

type Values = Given<typeof tuneOptions>['values']

/** Everything that determines a search's results. */
export interface Search {
  readonly format: 'proximal tune 1'
  /** the library that makes the runs */
  readonly version: string
  readonly env: SweptEnvironment
  readonly algorithm: AlgorithmName
  /** the name of the preset that `start` is, but for what was set */
  readonly preset: string
  readonly start: Settings
  readonly space: readonly Dimension[]
  readonly size: SearchSize
  /** of the search itself */
  readonly seed: number
  /** episodes of the evaluation of each run */
  readonly episodes: number
}

export interface TuneArguments {
  readonly values: Values
  readonly kind: SearchKind
  readonly seeds: number
  readonly seed: number
  readonly episodes: number
  readonly choices: JobChoices
}

/** The default budget, in full runs. */
const RUNS = 40

export const parseTune = (values: Values): E.Either<Problem, TuneArguments> =>
  pipe(
    E.Do,
    E.bind('kind', () =>
      known<SearchKind>('--search', ['halving', 'random'])(values.search ?? 'halving'),
    ),
    E.bind('seeds', () => wholeNumber('seeds', values.seeds, 2, 1)),
    E.bind('seed', () => wholeNumber('seed', values.seed, 1, 0)),
    E.bind('episodes', () => wholeNumber('episodes', values.episodes, 20, 1)),
    E.bind('choices', () => parseJobChoices(values)),
    E.map((parsed) => ({ ...parsed, values })),
  )

/** Left unless the budget is enough for a search, and the steps for the preset that it begins with. */
const expectEnough = ({ algorithm, start, size }: Search): E.Either<Problem, unknown> => {
  const least = leastBudget(size)
  if (size.budget < least)
    return E.left(
      `--total-steps: expected at least ${least}, for two trials of up to ${size.steps} steps and ${size.seeds} seeds, got ${size.budget}: raise it, or lower --steps or --seeds`,
    )
  const fewest = fewestSteps(size)
  return canLearn(algorithm, start, fewest)
    ? E.right(undefined)
    : E.left(
        `--steps: expected enough for 4 updates of ${start.envs * start.steps} steps in the shortest runs, which have ${fewest}, got ${size.steps}: raise it, or set smaller envs or steps with --set`,
      )
}

/** The search in an environment. */
export const searchOf = (
  { values, kind, seeds, seed, episodes }: TuneArguments,
  argument: string,
  environment: RunEnvironment,
): E.Either<Problem, Search> =>
  pipe(
    startFor(values, argument, environment.env),
    E.bindTo('preset'),
    E.bind('steps', ({ preset }) =>
      wholeNumber('steps', values.steps, preset.settings.totalSteps, 1),
    ),
    E.bind('budget', ({ steps }) =>
      wholeNumber('total-steps', values['total-steps'], RUNS * steps, 1),
    ),
    E.bind('start', ({ preset: { algorithm, settings }, steps }) =>
      withSettings(algorithm, { ...settings, totalSteps: steps }, values.set ?? []),
    ),
    E.map(({ preset: { algorithm, name }, budget, start }): Search => {
      const fixed = (values.set ?? []).map((setting) => setting.slice(0, setting.indexOf('=')))
      return {
        format: 'proximal tune 1',
        version,
        env: sweptEnvironment(environment),
        algorithm,
        preset: name,
        start,
        space: searchSpace(start, environment.env, fixed),
        size: { kind, steps: start.totalSteps, budget, seeds },
        seed,
        episodes,
      }
    }),
    E.tap(expectEnough),
  )

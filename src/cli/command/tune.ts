import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as file from '../../run/disk/file.ts'
import { encodePreset } from '../../run/presetFile.ts'
import { writeFiles } from '../../sweep/folder.ts'
import { jobOf, shortHash } from '../../sweep/plan.ts'
import { fewestSteps, roundsOf, trialKey, type Round } from '../../sweep/search/halving.ts'
import { rankedOf, ranking, type Ranked } from '../../sweep/search/rank.ts'
import {
  importanceTable,
  searchLegend,
  searchMarkdown,
  summariseSearch,
  trialsCsv,
  trialTable,
  type EndedRound,
  type SearchSummary,
} from '../../sweep/search/summary.ts'
import { trialOf, type Trial } from '../../sweep/search/trial.ts'
import { defineCommand } from '../command.ts'
import { grouped, openConsole, type Console } from '../console.ts'
import { environmentFor } from '../environment.ts'
import { withJobFolder, type JobFolder } from '../jobFolder.ts'
import type { JobOrder } from '../jobOrder.ts'
import { describeRunner, jobRunner } from '../jobRunner.ts'
import { expectMemoryForRuns, INTERRUPTED, makeRuns, workersOf } from '../makeRuns.ts'
import { asJson } from '../output.ts'
import { fromFile, type Problem } from '../problem.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import { columns } from '../text.ts'
import {
  parseTune,
  searchOf,
  tuneOptions,
  type Search,
  type TuneArguments,
} from '../tuneArguments.ts'

/** The files of a search in its folder. */
const [ASKED, PRESET] = ['tune.json', 'tuned.json']

/** A search that is under way. */
interface Started {
  readonly search: Search
  readonly argument: string
  readonly environment: RunEnvironment
  readonly asked: TuneArguments
  readonly workers: number
  readonly folder: JobFolder
  readonly screen: Console
}

const trialsOf = ({ algorithm, start, space, size, seed }: Search, count: number) =>
  Array.from({ length: count }, (_, index) =>
    trialOf(trialKey(seed), index, algorithm, start, space, fewestSteps(size)),
  )

const ordersOf = (
  { search, argument, asked: { choices } }: Started,
  { steps, seeds }: Round,
  { settings: drawn }: Trial,
): readonly JobOrder[] => {
  const { env, algorithm, preset } = search
  const settings = { ...drawn, totalSteps: steps }
  return seeds.map((seed) => ({
    job: jobOf({ env, algorithm, preset, settings }, seed, search),
    argument,
    kernels: choices.kernels,
  }))
}

/** Makes the runs of a round; null if Ctrl-C ended it. */
const playRound = (
  started: Started,
  round: Round,
  trials: readonly Trial[],
  name: string,
): TE.TaskEither<Problem, readonly Ranked[] | null> => {
  const orders = trials.map((trial) => ordersOf(started, round, trial))
  const { folder, asked, environment, workers, screen } = started
  const runner = jobRunner(asked.choices, [environment], workers, screen)
  return pipe(
    makeRuns(folder, name, orders.flat(), runner, screen),
    TE.map(({ results, interrupted }) =>
      interrupted
        ? null
        : ranking(
            trials.map((trial, i) =>
              rankedOf(
                trial,
                orders[i]!.map(({ job }) => results.get(job.key)!),
              ),
            ),
          ),
    ),
  )
}

/** Makes one round after the other; null if Ctrl-C ended one. */
const playAll =
  (
    started: Started,
    rounds: readonly Round[],
  ): TE.TaskEither<Problem, readonly EndedRound[] | null> =>
  async () => {
    const ended: EndedRound[] = []
    let trials: readonly Trial[] = trialsOf(started.search, rounds[0]!.trials)
    for (const [i, round] of rounds.entries()) {
      const name = `round ${i + 1} of ${rounds.length}`
      const played = await playRound(started, round, trials.slice(0, round.trials), name)()
      if (E.isLeft(played)) return played
      if (played.right === null) return E.right(null)
      ended.push({ round, ranked: played.right })
      trials = played.right.map(({ trial }) => trial)
    }
    return E.right(ended)
  }

const resultOf = (
  { search: { env, algorithm }, folder: { out } }: Started,
  preset: string,
  { best, rounds, importances }: SearchSummary,
): unknown => ({
  tune: out,
  env: env.name,
  algorithm,
  preset,
  rounds: rounds.map(({ round: { trials, steps, seeds } }) => ({
    trials,
    steps,
    seeds: seeds.length,
  })),
  best: { trial: best.trial.index, return: asJson(best.score), settings: best.trial.settings },
  importances: importances.map(({ path, share, groups }) => ({
    path,
    share,
    best: groups[0]?.values,
    worst: groups.at(-1)?.values,
  })),
})

/** Writes and prints what the search has found. */
const finish = (
  started: Started,
  rounds: readonly EndedRound[] | null,
): E.Either<Problem, number> => {
  const { search, argument, folder, screen } = started
  const { out } = folder
  if (rounds === null) {
    screen.say(`stopped; finished runs are kept: continue with the same command and --out ${out}`)
    return E.right(INTERRUPTED)
  }
  const { algorithm, start, space, episodes } = search
  const summary = summariseSearch(start, space, rounds)
  const { best } = summary
  if (best.score === -Infinity)
    return E.left(`${out}: in the last round, every trial had a run that ended with a fault`)
  const preset = file.join(out, PRESET)
  return pipe(
    fromFile(
      writeFiles(out, {
        [PRESET]: encodePreset({ algorithm, settings: best.trial.settings }),
        'summary.md': searchMarkdown(summary, episodes),
        'trials.csv': trialsCsv(summary, space),
      }),
    ),
    E.map(() => {
      screen.block(columns(trialTable(summary)))
      screen.block(`\n${columns(importanceTable(summary))}`)
      screen.block(`\n${searchLegend(summary, episodes)}\n`)
      screen.say(`preset   ${preset}`)
      screen.say(`train    proximal train ${argument} --preset ${preset}`)
      screen.say(`compare  proximal sweep ${argument} --preset own,${preset}`)
      screen.result(() => resultOf(started, preset, summary))
      return 0
    }),
  )
}

const describe = (rounds: readonly Round[], how: string, out: string): string =>
  `${rounds.map(({ trials, steps, seeds }) => `${grouped(trials)} × ${seeds.length} × ${grouped(steps)}`).join(', then ')} (trials × seeds × steps), ${how}, into ${out}`

const runTune = (
  asked: TuneArguments,
  argument: string,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    environmentFor(argument),
    TE.bindTo('environment'),
    TE.bind('search', ({ environment }) => TE.fromEither(searchOf(asked, argument, environment))),
    TE.bind('workers', () => TE.fromTask(() => workersOf(asked.choices.workers))),
    TE.let('rounds', ({ search: { size, seed } }) => roundsOf(size, seed)),
    TE.tapEither(({ environment: { env }, search, workers, rounds }) =>
      pipe(
        trialsOf(search, rounds[0]!.trials),
        E.traverseArray(({ settings }) =>
          expectMemoryForRuns({ algorithm: search.algorithm, settings }, env, workers),
        ),
      ),
    ),
    TE.flatMap(({ environment, search, workers, rounds }) => {
      const out = asked.choices.out ?? file.join('runs', `tune-${shortHash(search)}`)
      return withJobFolder(out, ASKED, search, (folder) => {
        screen.say(describe(rounds, describeRunner(asked.choices, workers), out))
        const started = { search, argument, environment, asked, workers, folder, screen }
        return pipe(
          playAll(started, rounds),
          TE.flatMapEither((ended) => finish(started, ended)),
        )
      })
    }),
  )

/** Searches for settings for an environment. */
export const command = defineCommand({
  name: 'tune',
  example: 'proximal tune acrobot --out acrobot.json',
  usage: `  proximal tune <env>     search for settings for an environment, and write a preset file; the same
                          command continues a stopped search
    --total-steps N       environment steps of all runs together (40 times --steps)
    --steps N             environment steps of a full run (the preset's)
    --search NAME         halving: many short runs, of which the best continue; or random (halving)
    --seeds N             runs of each trial (2), on seeds below 2^31, which sweep never uses
    --preset NAME         where the search starts, as for train
    --algo NAME           the algorithm (ppo)
    --set key=value       a field that the search does not change
    --seed S              seed of the search (1)
    --episodes N          episodes that evaluate each run (20)
    --workers N, --backend NAME, --redis URL, --audit SHARE, --out DIR, --json, as for sweep
`,
  options: tuneOptions,
  positionals: () => ['<env>'],
  run: ({ values, names: [argument = ''] }, streams) =>
    pipe(
      TE.fromEither(parseTune(values)),
      TE.flatMap((asked) => runTune(asked, argument, openConsole(streams, asked.choices.json))),
    ),
})

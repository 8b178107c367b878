import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as file from '../../run/disk/file.ts'
import { writeFiles } from '../../sweep/folder.ts'
import { jobsOf, shortHash, type Sweep } from '../../sweep/plan.ts'
import { summariseSweep, type SweepSummary } from '../../sweep/summary.ts'
import { sweepHtml, sweepSvg } from '../../sweep/report/report.ts'
import {
  cellTable,
  faultTable,
  improvementTable,
  legend,
  runsCsv,
  sweepMarkdown,
} from '../../sweep/table.ts'
import { defineCommand } from '../command.ts'
import { openConsole, type Console } from '../console.ts'
import { asJson } from '../output.ts'
import { environmentFor } from '../environment.ts'
import { withJobFolder, type JobFolder } from '../jobFolder.ts'
import type { JobOrder } from '../jobOrder.ts'
import { describeRunner, jobRunner } from '../jobRunner.ts'
import { expectMemoryForRuns, INTERRUPTED, makeRuns, workersOf, type Made } from '../makeRuns.ts'
import { fromFile, type Problem } from '../problem.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import {
  parseSweep,
  sweepOf,
  sweepOptions,
  type JobChoices,
  type SweepArguments,
} from '../sweepArguments.ts'
import { columns } from '../text.ts'

/** The file in the folder that describes the sweep. */
const ASKED = 'sweep.json'

type Named = readonly [argument: string, environment: RunEnvironment]

const environmentsFor = (names: readonly string[]): TE.TaskEither<Problem, readonly Named[]> =>
  TE.traverseSeqArray((name: string) =>
    pipe(
      environmentFor(name),
      TE.map((environment): Named => [name, environment]),
    ),
  )(names)

const ordersOf = (
  sweep: Sweep,
  environments: readonly Named[],
  { kernels }: JobChoices,
): readonly JobOrder[] => {
  const arguments_ = new Map(environments.map(([argument, { env }]) => [env.name, argument]))
  return jobsOf(sweep).map((job) => ({ job, argument: arguments_.get(job.env.name)!, kernels }))
}

const resultOf = (
  { cells, improvements }: SweepSummary,
  runs: number,
  out: string,
): Readonly<Record<string, unknown>> => ({
  sweep: out,
  runs,
  ended: cells.reduce((sum, cell) => sum + cell.runs.length, 0),
  failed: cells.reduce((sum, cell) => sum + cell.failed, 0),
  cells: cells.map(({ cell, runs, failed, iqm, interval, mean, worst }) => ({
    env: cell.env.name,
    variant: cell.variant,
    runs: runs.length,
    failed,
    iqm: asJson(iqm),
    interval: interval.map(asJson),
    mean: asJson(mean),
    worst: worst === null ? null : { ...worst, score: asJson(worst.score) },
  })),
  improvements,
})

const show = (summary: SweepSummary, screen: Console): void => {
  const faults = faultTable(summary)
  screen.block(columns(cellTable(summary)))
  if (summary.improvements.length > 0)
    screen.block(`\n${columns(improvementTable(summary.improvements))}`)
  if (faults.length > 1) screen.block(`\n${columns(faults)}`)
  screen.block(`\n${legend(summary)}`)
}

/** Writes the tables of the runs that have ended, and prints them. */
const finish = (
  sweep: Sweep,
  { out }: JobFolder,
  { results, interrupted }: Made,
  screen: Console,
): E.Either<Problem, number> => {
  const summary = summariseSweep(sweep, results)
  const runs = jobsOf(sweep).length
  const files = {
    'table.md': sweepMarkdown(summary),
    'runs.csv': runsCsv(summary),
    'report.html': sweepHtml(summary),
    'report.svg': sweepSvg(summary),
  }
  return pipe(
    fromFile(writeFiles(out, files)),
    E.flatMap(() => {
      show(summary, screen)
      screen.say(
        interrupted
          ? `stopped; finished runs are kept: continue with the same command and --out ${out}`
          : `sweep ${out}`,
      )
      screen.result(() => resultOf(summary, runs, out))
      if (interrupted) return E.right(INTERRUPTED)
      return [...results.values()].every(E.isLeft)
        ? E.left(`${out}: every run ended with a fault`)
        : E.right(0)
    }),
  )
}

const describe = (sweep: Sweep, kept: number, how: string, out: string): string => {
  const runs = jobsOf(sweep).length
  return `${runs} ${runs === 1 ? 'run' : 'runs'}${kept === 0 ? '' : `, ${kept} of them kept`}, ${how}, into ${out}`
}

const runSweep = (
  asked: SweepArguments,
  names: readonly string[],
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    environmentsFor(names),
    TE.bindTo('environments'),
    TE.bind('sweep', ({ environments }) => TE.fromEither(sweepOf(asked, environments))),
    TE.bind('workers', () => TE.fromTask(() => workersOf(asked.choices.workers))),
    TE.tapEither(({ sweep: { cells }, environments, workers }) =>
      pipe(
        cells,
        E.traverseArray((cell) => {
          const [, { env }] = environments.find(([, { env }]) => env.name === cell.env.name)!
          return expectMemoryForRuns(cell, env, workers)
        }),
      ),
    ),
    TE.flatMap(({ environments, sweep, workers }) => {
      const out = asked.choices.out ?? file.join('runs', `sweep-${shortHash(sweep)}`)
      return withJobFolder(out, ASKED, sweep, (folder) => {
        const { kept, damaged } = folder.results
        screen.say(describe(sweep, kept.size, describeRunner(asked.choices, workers), out))
        if (damaged > 0)
          screen.warn(`proximal: ${out}: ${damaged} damaged results: their runs are repeated`)
        return pipe(
          makeRuns(
            folder,
            'sweep',
            ordersOf(sweep, environments, asked.choices),
            jobRunner(
              asked.choices,
              environments.map(([, environment]) => environment),
              workers,
              screen,
            ),
            screen,
          ),
          TE.flatMapEither((made) => finish(sweep, folder, made, screen)),
        )
      })
    }),
  )

/** Trains many runs in parallel, and compares them. */
export const command = defineCommand({
  name: 'sweep',
  example: 'proximal sweep cartpole --set clipRange=0.1,0.2 --seeds 5',
  usage: `  proximal sweep <env>…   train environments × presets × values × seeds on all cores and compare
                          them; the same command continues a stopped sweep
    --preset NAME,NAME    presets, or files such as ./tuned.json; own: the environment's (own)
    --algo NAME,NAME      algorithms (ppo)
    --set key=VALUE,VALUE each value of a field; with several fields, each combination
    --seeds N             runs of each (10); the seeds are derived from the hash of the settings
    --steps N             environment steps of each run (the preset's)
    --episodes N          episodes that evaluate each run (100)
    --workers N           runs at a time, each on one thread (one per core)
    --backend NAME        auto, js or wasm, which give identical bits
    --redis URL           run on the machines of proximal worker, over Redis or Valkey
    --audit SHARE         with --redis: repeat this share of the runs here, and compare (0)
    --out DIR             a new folder, or the folder of the same sweep (runs/sweep-<hash>)
    --json                one JSON object as the last line of stdout
`,
  options: sweepOptions,
  positionals: ({ names }) => (names.length === 0 ? ['<env>'] : names),
  run: ({ values, names }, streams) =>
    pipe(
      TE.fromEither(parseSweep({ values })),
      TE.flatMap((asked) => runSweep(asked, names, openConsole(streams, asked.choices.json))),
    ),
})

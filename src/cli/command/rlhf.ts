import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { rlhfHtml } from '../../report/rlhfReport.ts'
import { expectRoom, makeRoom } from '../../run/folder/runFolder.ts'
import { estimatePipeline } from '../../run/rlhf/estimate.ts'
import type { PipelineConfig } from '../../run/rlhf/pipelineConfig.ts'
import {
  createPipeline,
  pastIn,
  readChain,
  readPipelineConfig,
  readSource,
  writeReport,
} from '../../run/rlhf/pipelineFolder.ts'
import { noPastStages, type PastStages } from '../../run/rlhf/runPipeline.ts'
import type { PipelineSource } from '../../run/rlhf/source.ts'
import { expectAffordable } from '../budget.ts'
import { defineCommand } from '../command.ts'
import { grouped, openConsole, type Console } from '../console.ts'
import { freeFolder } from '../freeFolder.ts'
import { withLock } from '../lock.ts'
import type { Streams } from '../output.ts'
import { fromFile, type Problem } from '../problem.ts'
import { scoreOf } from '../rlhf/ownScore.ts'
import { prepare, type PreparedPipeline } from '../rlhf/prepare.ts'
import { printStages } from '../rlhf/rlhfSummary.ts'
import {
  parseChoices,
  parseHow,
  parseRlhfResume,
  rlhfOptions,
  type RlhfChoices,
  type RlhfHow,
} from '../rlhf/rlhfArguments.ts'
import { enginesFor, stageLoop, type StartedPipeline } from '../rlhf/stageLoop.ts'

/** Exit code of a run that was interrupted and kept: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

const runStages = (
  run: StartedPipeline,
  { backend }: RlhfHow,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    TE.fromTask(() => enginesFor(backend)),
    TE.flatMap((engines) => () => stageLoop(run, engines, screen)),
    TE.flatMapEither((result) => {
      const { end } = result
      if (end === null) {
        screen.say(`stopped and kept: continue with --resume ${run.folder}`)
        return E.right(INTERRUPTED)
      }
      printStages(run, result, end, screen)
      const { config, folder } = run
      return pipe(
        fromFile(writeReport(folder, rlhfHtml({ config, lines: result.lines, ...end }))),
        E.map(() => 0),
      )
    }),
  )

const judgeOf = ({ config: { gold, comparisons } }: PreparedPipeline): string =>
  gold !== null
    ? `${grouped(gold.pairs)} pairs labelled by a hidden score`
    : comparisons !== null
      ? 'your comparisons'
      : 'your score'

const describePipeline = (prepared: PreparedPipeline, out: string): readonly string[] => {
  const {
    config: { corpus, ppo, seed },
    source,
    leftOut,
  } = prepared
  return [
    `rlhf: ${grouped(source.texts.length)} texts of ${corpus.name} as ${corpus.tokens}, ${judgeOf(prepared)}, PPO with ${ppo.adaptive === null ? `β ${ppo.beta}` : `a KL of ${ppo.adaptive.target}`} for ${grouped(ppo.updates)} updates, seed ${seed}, into ${out}`,
    ...(leftOut === 0
      ? []
      : [`${grouped(leftOut)} lines were skipped, because they are blank or have rarer tokens`]),
  ]
}

/** Left where a run that somebody else may have made takes too much memory; its time is seen and can be ended. */
const expectSmall = (
  folder: string,
  config: PipelineConfig,
  { texts }: Pick<PipelineSource, 'texts'>,
  { budget }: RlhfHow,
): E.Either<Problem, unknown> =>
  pipe({ ...estimatePipeline(config, texts), seconds: 0 }, expectAffordable(folder, budget))

/** The stages of the run that a new one begins from; none unless it was named. */
const pastOf = (from: string | undefined): E.Either<Problem, PastStages> =>
  from === undefined
    ? E.right(noPastStages)
    : pipe(
        fromFile(readPipelineConfig(from)),
        E.flatMap((config) => fromFile(readChain(from, config))),
        E.map((lines) => pastIn(from, lines)),
      )

const newRun = (
  choices: RlhfChoices,
  how: RlhfHow,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    prepare(choices),
    TE.bindTo('prepared'),
    TE.tapEither(({ prepared: { config, source } }) =>
      choices.from === undefined ? E.right(null) : expectSmall(choices.from, config, source, how),
    ),
    TE.bind('past', () => TE.fromEither(pastOf(choices.from))),
    TE.let(
      'folder',
      ({ prepared: { config } }) => choices.out ?? freeFolder('rlhf', `-seed${config.seed}`),
    ),
    TE.tapEither(({ folder }) => fromFile(expectRoom(folder))),
    TE.tapEither(({ folder }) => fromFile(makeRoom(folder))),
    TE.flatMap(({ prepared, past, folder }) =>
      withLock(folder, (lock) => {
        const { config, source } = prepared
        return pipe(
          TE.fromEither(fromFile(createPipeline(folder, config, source))),
          TE.flatMap(() => {
            for (const line of describePipeline(prepared, folder)) screen.say(line)
            return runStages({ folder, lock, config, source, past, lines: [] }, how, screen)
          }),
        )
      }),
    ),
  )

const resumeRun = (
  folder: string,
  reward: string | undefined,
  how: RlhfHow,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    TE.fromEither(fromFile(readPipelineConfig(folder))),
    TE.bindTo('config'),
    TE.bind('score', ({ config }) => scoreOf(config.score, reward)),
    TE.bind('source', ({ config }) => TE.fromEither(fromFile(readSource(folder, config)))),
    TE.tapEither(({ config, source }) => expectSmall(folder, config, source, how)),
    TE.flatMap(({ config, source, score }) =>
      withLock(folder, (lock) =>
        pipe(
          TE.fromEither(fromFile(readChain(folder, config))),
          TE.flatMap((lines) =>
            runStages(
              {
                folder,
                lock,
                config,
                source: { ...source, score },
                past: pastIn(folder, lines),
                lines,
              },
              how,
              screen,
            ),
          ),
        ),
      ),
    ),
  )

const run = (
  given: Parameters<typeof parseHow>[0],
  streams: Streams,
): TE.TaskEither<Problem, number> => {
  const screen = openConsole(streams, given.values.json)
  return pipe(
    TE.fromEither(parseHow(given)),
    TE.flatMap((how) =>
      given.values.resume === undefined
        ? pipe(
            TE.fromEither(parseChoices(given)),
            TE.flatMap((choices) => newRun(choices, how, screen)),
          )
        : pipe(
            TE.fromEither(parseRlhfResume(given)),
            TE.flatMap((folder) => resumeRun(folder, given.values.reward, how, screen)),
          ),
    ),
  )
}

/**
 * Trains a language model from texts to PPO on a reward model, stage by stage, in a folder that goes on
 * after a kill, and whose stages another run may take.
 */
export const command = defineCommand({
  name: 'rlhf',
  example: 'proximal rlhf --beta 0.1 --out runs/names',
  usage: `  proximal rlhf           train a language model: texts, fine-tuning, comparisons, reward model, PPO
    --corpus FILE         UTF-8 text, one sequence per line (names: 8,403 first names)
    --chars, --words      what the text is split into (characters)
    --comparisons FILE    lines of {"ranked":["better","worse"]}, as proximal label writes them
                          (1,000 pairs labelled by a hidden score, with noise)
    --reward FILE         a module whose scoring function replaces the reward model
    --beta B              the cost of one nat of KL from the fine-tuned model (0.3)
    --target-kl K         adapt β so that the KL of a response approaches K nats
    --updates N           number of PPO updates (50)
    --seed S              seed of all random numbers (1)
    --out DIR             the run folder, which must be new (runs/rlhf-seed<S>)
    --from RUN            start from another run's settings, and reuse its identical stages
    --resume RUN          continue a stopped run, with identical bits
    --budget BUDGET       memory that a run named with --from or --resume may use
    --threads N, --backend NAME, --json
`,
  options: rlhfOptions,
  positionals: () => [],
  run,
})

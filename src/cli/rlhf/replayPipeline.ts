import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describeEstimate, type Budget } from '../../run/budget.ts'
import { nodeSha256 } from '../../run/nodeSha256.ts'
import {
  describeStageDifference,
  differenceAt,
  type StageDifference,
} from '../../run/rlhf/difference.ts'
import { estimatePipeline } from '../../run/rlhf/estimate.ts'
import type { ChainLine } from '../../run/rlhf/lines.ts'
import type { PipelineConfig } from '../../run/rlhf/pipelineConfig.ts'
import {
  expectWhole,
  readChain,
  readPipelineConfig,
  readSource,
} from '../../run/rlhf/pipelineFolder.ts'
import { noPastStages, runPipeline, stagesOf } from '../../run/rlhf/runPipeline.ts'
import type { PipelineSource } from '../../run/rlhf/source.ts'
import type { Engines } from '../../run/rlhf/stage.ts'
import type { BackendOptions } from '../backendOptions.ts'
import { expectAffordable } from '../budget.ts'
import { grouped, type Console } from '../console.ts'
import { pauses } from '../pause.ts'
import { fromFile, messageOf, type Problem } from '../problem.ts'
import { scoreOf } from './ownScore.ts'
import { enginesFor, stageProgress } from './stageLoop.ts'

/** Runs the stages again, and compares each line of their chain until one differs. */
const verify = async (
  config: PipelineConfig,
  source: PipelineSource,
  lines: readonly ChainLine[],
  engines: Engines,
  screen: Console,
): Promise<E.Either<Problem, StageDifference | null>> => {
  const shown = stageProgress(screen)
  const pause = pauses()
  const stages = runPipeline(config, source, engines, noPastStages, nodeSha256)
  let at = 0
  try {
    for (;;) {
      const { done, value } = await stages.next()
      if (done === true) return E.isLeft(value) ? value : E.right(null)
      shown.see(value)
      if (value.kind === 'line') {
        const difference = differenceAt(lines[at++], value.line)
        if (difference !== null) return E.right(difference)
      }
      await pause()
    }
  } catch (error) {
    return E.left(messageOf(error))
  } finally {
    shown.stop()
    await stages.return(E.left(''))
  }
}

/** Makes a run of the stages again, and says where it first differs from the one in the folder. */
export const replayPipeline = (
  folder: string,
  reward: string | undefined,
  backend: BackendOptions,
  budget: Budget,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    TE.fromEither(fromFile(readPipelineConfig(folder))),
    TE.bindTo('config'),
    TE.bind('score', ({ config }) => scoreOf(config.score, reward)),
    TE.bind('source', ({ config }) => TE.fromEither(fromFile(readSource(folder, config)))),
    TE.tapEither(({ config, source }) =>
      pipe(
        estimatePipeline(config, source.texts),
        expectAffordable(folder, budget),
        E.map((estimated) => screen.say(`takes ${describeEstimate(estimated)}`)),
      ),
    ),
    TE.bind('lines', ({ config }) => TE.fromEither(fromFile(readChain(folder, config)))),
    TE.tapEither(({ config, lines }) => fromFile(expectWhole(folder, stagesOf(config), lines))),
    TE.bind('engines', () => TE.fromTask(() => enginesFor(backend))),
    TE.flatMap(({ config, source, score, lines, engines }) =>
      pipe(
        () => verify(config, { ...source, score }, lines, engines, screen),
        TE.map((difference) => {
          const hash = lines.at(-1)!.link
          screen.say(
            difference === null
              ? `identical to the bit: ${grouped(stagesOf(config).length)} stages, hash ${hash}`
              : describeStageDifference(difference),
          )
          screen.result(() => ({
            run: folder,
            same: difference === null,
            stages: stagesOf(config),
            firstDifference:
              difference === null ? null : { stage: difference.stage, step: difference.step },
            hash,
          }))
          return difference === null ? 0 : 1
        }),
      ),
    ),
  )

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { AnyState } from '../algo/algorithm.ts'
import type { StoredCheckpoint } from '../run/checkpoint.ts'
import { newestCheckpoint } from '../run/folder/checkpoints.ts'
import { firstState, runSegments } from '../run/segments.ts'
import { firstLink, nextLink } from '../run/hash.ts'
import type { Links } from '../run/links.ts'
import { nodeSha256 } from '../run/nodeSha256.ts'
import { resume } from '../run/resume.ts'
import { segmentsAfter, type RunConfig } from '../run/config.ts'
import { describeEstimate, estimateRun } from '../run/budget.ts'
import { expectAffordable } from './budget.ts'
import { bracket } from './bracket.ts'
import { threadsOf } from './backendOptions.ts'
import { openBackend, type Backend } from './backend.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { TrainOptions } from './types.ts'
import { pauses } from './pause.ts'
import { fromFile, type Problem } from './problem.ts'
import { grouped, progress, type Console } from './console.ts'

/** The state of a run after an update. */
export interface Then {
  readonly state: AnyState<unknown>
  /** the last one of its hash chain */
  readonly link: string
}

/** The update of a run to go back to. */
interface Target {
  readonly run: string
  readonly config: RunConfig
  readonly at: number
  readonly options: Pick<TrainOptions, 'backend' | 'budget'>
}

/** Trains from a checkpoint to an update, and checks that the result matches the record. */
const retrain =
  (
    { run, config, at }: Target,
    checkpoint: StoredCheckpoint | null,
    recorded: Links,
    { partsOf }: Backend,
    screen: Console,
  ) =>
  async (): Promise<E.Either<Problem, Then>> => {
    const done = checkpoint?.update ?? 0
    const pause = pauses()
    const bar = progress(screen, `back to update ${grouped(at)}`, at, 'updates', done)
    try {
      const from =
        checkpoint === null
          ? E.right(firstState(config, partsOf))
          : resume(partsOf(segmentsAfter(config, done)[0]!.settings))(checkpoint)
      if (E.isLeft(from)) return E.left(`${run}: ${from.left}`)
      let state = from.right
      let link = checkpoint?.link ?? firstLink(state.learner)
      const isRecorded = () => link === recorded.at(state.update)
      if (done < at && isRecorded())
        for (const [metrics, next] of runSegments(config, partsOf, state)) {
          state = next
          link = nextLink(link, metrics, next.learner, nodeSha256)
          bar.update(state.update, () => '')
          await pause()
          if (state.update === at || !isRecorded()) break
        }
      return isRecorded()
        ? E.right({ state, link })
        : E.left(
            `${run}: update ${state.update} differs from the recorded one: see proximal replay ${run}`,
          )
    } finally {
      bar.stop()
    }
  }

/** Repeats the run from the last checkpoint before an update to that update. */
export const backTo = (
  given: Target,
  environment: RunEnvironment,
  recorded: Links,
  screen: Console,
): TE.TaskEither<Problem, Then> => {
  const { run, config, at } = given
  const { backend, budget } = given.options
  return pipe(
    TE.fromEither(fromFile(newestCheckpoint(run, at))),
    TE.bind('threads', () => TE.fromTask(() => threadsOf(backend))),
    TE.let('done', ({ checkpoint }) => checkpoint?.update ?? 0),
    TE.tapEither(({ done, threads }) =>
      pipe(
        estimateRun(config, environment.env, {
          from: done,
          to: at,
          threads,
          kernels: backend.kernels,
        }),
        expectAffordable(run, budget),
        E.map((estimated) =>
          screen.say(`repeating the run up to this update takes ${describeEstimate(estimated)}`),
        ),
      ),
    ),
    TE.flatMap(({ checkpoint, done }) =>
      bracket(
        TE.fromTask(() => openBackend(config, environment, backend, { from: done, to: at })),
        (opened) => retrain(given, checkpoint, recorded, opened, screen),
        (opened) => opened.stop(),
      ),
    ),
  )
}

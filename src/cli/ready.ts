import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { AnyState } from '../algo/algorithm.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { firstState } from '../run/segments.ts'
import { resume } from '../run/resume.ts'
import { segmentsAfter } from '../run/config.ts'
import { openTrainingBackend, type TrainingBackend } from './backend.ts'
import { bracket } from './bracket.ts'
import type { Console } from './console.ts'
import { messageOf, type Problem } from './problem.ts'
import type { StartedRun, TrainOptions } from './types.ts'

/** The state to continue from. */
const startOf = (
  { config, from }: Pick<StartedRun, 'config' | 'from'>,
  { partsOf }: TrainingBackend,
): E.Either<Problem, AnyState<unknown>> => {
  if (from === null) return E.right(firstState(config, partsOf))
  return resume(partsOf(segmentsAfter(config, from.update)[0]!.settings))(from)
}

/** Everything that training needs, allocated, and the state to start from. */
export interface Ready {
  readonly backend: TrainingBackend
  readonly start: AnyState<unknown>
}

/** Messages of engines that cannot allocate an array. */
const TOO_LARGE = /allocation failed|invalid (typed )?array (buffer )?length/i

const makeReady =
  (
    run: Pick<StartedRun, 'config' | 'environment' | 'out' | 'from'>,
    options: TrainOptions,
    device: Device | null,
    warn: Console['warn'],
  ): TE.TaskEither<Problem, Ready> =>
  async () => {
    const { config, environment, out, from } = run
    let backend: TrainingBackend | null = null
    try {
      const update = from?.update ?? 0
      backend = await openTrainingBackend(config, environment, options, device, update, warn)
      const start = startOf(run, backend)
      if (E.isRight(start)) return E.right({ backend, start: start.right })
      await backend.stop()
      return E.left(`${out}: ${start.left}`)
    } catch (error) {
      await backend?.stop()
      if (error instanceof RangeError && TOO_LARGE.test(error.message))
        return E.left(
          `memory: expected at most what this process can allocate, got more (${messageOf(error)}): use smaller networks or batches`,
        )
      throw error
    }
  }

/**
 * Allocates everything before `use` writes anything, so that sizes too large leave no folder behind.
 * Stops the backend at the end.
 *
 * @param device what learns; null: kernels do
 */
export const withReady = <A>(
  run: Pick<StartedRun, 'config' | 'environment' | 'out' | 'from'>,
  options: TrainOptions,
  device: Device | null,
  { warn }: Pick<Console, 'warn'>,
  use: (ready: Ready) => TE.TaskEither<Problem, A>,
): TE.TaskEither<Problem, A> =>
  bracket(makeReady(run, options, device, warn), use, ({ backend }) => backend.stop())

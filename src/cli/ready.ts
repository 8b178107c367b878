import * as E from 'fp-ts/lib/Either.js'
import type { TrainState } from '../algo/learner.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { beginningOf } from '../run/course.ts'
import { resume } from '../run/resume.ts'
import { stretchesAfter } from '../run/config.ts'
import { goingOf, type Going } from './learning.ts'
import { messageOf, type Problem } from './problem.ts'
import type { Begun, How } from './running.ts'

/** The state to go on from. */
const startOf = (
  { config, from }: Pick<Begun, 'config' | 'from'>,
  { partsOf }: Going,
): E.Either<Problem, TrainState<unknown>> => {
  if (from === null) return E.right(beginningOf(config, partsOf))
  return resume(partsOf(stretchesAfter(config, from.update)[0]!.ppo))(from)
}

/** Everything that training needs, allocated, and the state to start from. */
export interface Ready {
  readonly parts: Going
  readonly start: TrainState<unknown>
}

/** Messages of engines that cannot allocate an array. */
const TOO_LARGE = /allocation failed|invalid (typed )?array (buffer )?length/i

/** Allocates everything before anything is written, so that sizes too large leave no folder behind. */
export const makeReady = async (
  run: Pick<Begun, 'config' | 'environment' | 'out' | 'from'>,
  { engine }: How,
  device: Device | null,
): Promise<E.Either<Problem, Ready>> => {
  const { config, environment, out, from } = run
  let parts: Going | null = null
  try {
    parts = await goingOf(config, environment, engine, device, from?.update ?? 0)
    const start = startOf(run, parts)
    if (E.isRight(start)) return E.right({ parts, start: start.right })
    await parts.stop()
    return E.left(`${out}: ${start.left}`)
  } catch (error) {
    await parts?.stop()
    if (error instanceof RangeError && TOO_LARGE.test(error.message))
      return E.left(
        `memory: expected at most what this process can have, got more (${messageOf(error)}): use smaller networks or batches`,
      )
    throw error
  }
}

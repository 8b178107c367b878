import { concatBytes } from '@noble/hashes/utils.js'
import type { Metrics } from '../algo/ppo/iterate.ts'
import { firstEvent, scalarsEvent } from '../format/tfevents.ts'
import { mean } from '../rl/meanStd.ts'

/** The clock of an event file: a run itself keeps none. */
export interface EventTimes {
  /** seconds since 1970 of the first event */
  readonly wallTime: number
  /** seconds from one update to the next; 1 */
  readonly secondsPerUpdate?: number
}

const scalars = (m: Metrics): ReadonlyArray<readonly [tag: string, value: number]> => [
  ['charts/episodic_return', mean(m.episodes.map((episode) => episode.return))],
  ['charts/episodic_length', mean(m.episodes.map((episode) => episode.length))],
  ['charts/learning_rate', m.learningRate],
  ['losses/policy_loss', m.policyLoss],
  ['losses/value_loss', m.valueLoss],
  ['losses/entropy', m.entropy],
  ['losses/approx_kl', m.approxKl],
  ['losses/clipfrac', m.clipFraction],
  ['losses/explained_variance', m.explainedVariance],
  ['losses/grad_norm', m.gradNorm],
]

/** The event of an update. */
export const updateEvent = (m: Metrics, wallTime: number): Uint8Array =>
  scalarsEvent(wallTime, m.steps, scalars(m))

/**
 * Yields the records of `tensorboardEvents`, for runs that do not fit into one array.
 *
 * @throws RangeError unless the times are finite and none is negative
 */
export function* tensorboardEventRecords(
  metrics: Iterable<Metrics>,
  { wallTime, secondsPerUpdate = 1 }: EventTimes,
): Generator<Uint8Array, void, undefined> {
  for (const [name, x] of Object.entries({ wallTime, secondsPerUpdate }))
    if (!(x >= 0 && x < Infinity)) throw new RangeError(`${name}: expected seconds >= 0, got ${x}`)
  yield firstEvent(wallTime)
  let count = 0
  for (const m of metrics) {
    count += 1
    yield updateEvent(m, wallTime + count * secondsPerUpdate)
  }
}

/**
 * A run as TensorBoard reads it: an event file of scalars, one event an update, whose step is the
 * number of environment steps done.
 *
 * The tags are CleanRL's, so that runs lie on its charts: `charts/episodic_return` and
 * `charts/episodic_length` (means over the episodes that ended in the update),
 * `charts/learning_rate`, `losses/policy_loss`, `losses/value_loss`, `losses/entropy`,
 * `losses/approx_kl`, `losses/clipfrac`, `losses/explained_variance`; and `losses/grad_norm`.
 * What an update has no value of (no episode ended, NaN) is left out of it. Values are f32.
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and
 * tensorflow/core/lib/io/record_writer.h
 *
 * @throws RangeError unless the times are finite and none is negative
 */
export const tensorboardEvents = (metrics: Iterable<Metrics>, times: EventTimes): Uint8Array =>
  concatBytes(...tensorboardEventRecords(metrics, times))

import { concatBytes } from '@noble/hashes/utils.js'
import type { AnyMetrics, Measured } from '../algo/algorithm.ts'
import { evaluatedOf } from '../algo/evaluated.ts'
import { firstEvent, scalarsEvent } from '../format/tfevents.ts'
import { mean } from '../rl/meanStd.ts'

/** The times of an event file, since a run itself has no clock. */
export interface EventTimes {
  /** seconds since 1970 of the first event */
  readonly wallTime: number
  /** seconds from one update to the next; 1 */
  readonly secondsPerUpdate?: number
}

const TAGS: ReadonlyArray<readonly [Measured, tag: string]> = [
  ['learningRate', 'charts/learning_rate'],
  ['policyLoss', 'losses/policy_loss'],
  ['valueLoss', 'losses/value_loss'],
  ['entropy', 'losses/entropy'],
  ['approxKl', 'losses/approx_kl'],
  ['clipFraction', 'losses/clipfrac'],
  ['kl', 'losses/kl'],
  ['fraction', 'losses/step_fraction'],
  ['explainedVariance', 'losses/explained_variance'],
  ['gradNorm', 'losses/grad_norm'],
]

const evaluationScalars = (m: AnyMetrics): ReadonlyArray<readonly [tag: string, value: number]> => {
  const evaluated = evaluatedOf(m)
  return evaluated === null
    ? []
    : [
        ['eval/episodic_return', evaluated.evalReturn],
        ['eval/episodic_return_low', evaluated.evalLow],
        ['eval/episodic_return_high', evaluated.evalHigh],
        ['eval/episodic_length', evaluated.evalLength],
      ]
}

const scalars = (m: AnyMetrics): ReadonlyArray<readonly [tag: string, value: number]> => [
  ['charts/episodic_return', mean(m.episodes.map((episode) => episode.return))],
  ['charts/episodic_length', mean(m.episodes.map((episode) => episode.length))],
  ...TAGS.flatMap(([name, tag]) => {
    const x = m[name]
    return x === undefined ? [] : [[tag, x] as const]
  }),
  ...evaluationScalars(m),
]

/** The event of an update. */
export const updateEvent = (m: AnyMetrics, wallTime: number): Uint8Array =>
  scalarsEvent(wallTime, m.steps, scalars(m))

/**
 * Yields the records of `tensorboardEvents`, for runs that do not fit into one array.
 *
 * @throws RangeError unless the times are finite and none is negative
 */
export function* tensorboardEventRecords(
  metrics: Iterable<AnyMetrics>,
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
 * `losses/approx_kl`, `losses/clipfrac`, `losses/explained_variance`; `losses/grad_norm`; and of
 * TRPO `losses/kl` and `losses/step_fraction`. An evaluation that follows an update adds
 * `eval/episodic_return`, its 95 % interval as `eval/episodic_return_low` and `_high`, and
 * `eval/episodic_length`.
 * What an update has no value of (no episode ended, NaN) is left out of it. Values are f32.
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and
 * tensorflow/core/lib/io/record_writer.h
 *
 * @throws RangeError unless the times are finite and none is negative
 */
export const tensorboardEvents = (metrics: Iterable<AnyMetrics>, times: EventTimes): Uint8Array =>
  concatBytes(...tensorboardEventRecords(metrics, times))

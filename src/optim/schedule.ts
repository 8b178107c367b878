import { f64 } from '../math/real.ts'
import { expectCount, expectOneOf } from '../tensor/argument.ts'

/** A number that depends on how many optimiser steps were taken before. */
export type Schedule = (count: number) => number

/** A schedule whose value is always `value`, at every `count` of optimiser steps. */
export const constant =
  (value: number): Schedule =>
  () =>
    value

/**
 * A schedule that falls from `value` to 0 in `stages` equal stairs of `stepsPerStage` optimiser
 * steps each: value · (1 − ⌊count / stepsPerStage⌋ / stages), with `count` optimiser steps done, >=
 * 0. PPO takes one stair per iteration.
 */
export const linearStairs =
  (value: number, stages: number, stepsPerStage: number): Schedule =>
  (count) =>
    value * Math.max(0, 1 - Math.floor(count / stepsPerStage) / stages)

/**
 * From `value` down to 0 along half a cosine: value · ½ (1 + cos(π · count / steps)), and 0 after that.
 * Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5 without restarts.
 *
 * @throws RangeError unless `steps` is a whole number >= 1
 */
export const cosine = (value: number, steps: number): Schedule => {
  expectCount('steps', steps)
  return (count) => (count >= steps ? 0 : (value / 2) * (1 + f64.cos((Math.PI * count) / steps)))
}

const KINDS = ['constant', 'linear', 'progress'] as const

/** The name of a schedule that a config can hold. */
export type ScheduleKind = (typeof KINDS)[number]

/** How far a run is at the start of an update's learning. */
export interface RunPlace {
  /** updates done before this one */
  readonly update: number
  /** updates of the whole run */
  readonly updates: number
  /** environment steps an update */
  readonly stepsPerUpdate: number
  /** environment steps of the whole run */
  readonly totalSteps: number
}

/**
 * What a learning rate, or a clip range, is multiplied by in an update, from 1 down to 0:
 *
 * - `constant`: 1
 * - `linear`: 1 − update / updates. Counts before the rollout, so that the first update has 1 and
 *   the last one 1 / updates (CleanRL, Baselines). The stairs of `linearStairs`, to the bit.
 * - `progress`: 1 − (update + 1) · stepsPerUpdate / totalSteps. Counts after the rollout, so that
 *   the first update has less than 1 and the last one 0, or a little more where totalSteps is no
 *   multiple (Stable-Baselines3).
 *
 * @throws RangeError when the kind is unknown
 */
export const scheduleFactor = (
  kind: ScheduleKind,
  { update, updates, stepsPerUpdate, totalSteps }: RunPlace,
): number => {
  expectOneOf('kind', kind, KINDS)
  if (kind === 'constant') return 1
  const done = kind === 'linear' ? update / updates : ((update + 1) * stepsPerUpdate) / totalSteps
  return Math.max(0, 1 - done)
}

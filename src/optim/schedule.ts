/** A number that depends on how many optimiser steps were taken before. */
export type Schedule = (count: number) => number

export const constant =
  (value: number): Schedule =>
  () =>
    value

/**
 * From `value` down to 0 in `stages` equal stairs of `stepsPerStage` optimiser steps each:
 * value · (1 − ⌊count / stepsPerStage⌋ / stages). PPO takes one stair an iteration.
 */
export const linearStairs =
  (value: number, stages: number, stepsPerStage: number): Schedule =>
  (count) =>
    value * Math.max(0, 1 - Math.floor(count / stepsPerStage) / stages)

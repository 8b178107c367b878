import * as E from 'fp-ts/lib/Either.js'
import type { Seen } from '../env/environment.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import {
  estimate,
  combined,
  type Estimate,
  type EstimateOptions,
} from '../algo/ppo/estimate/estimate.ts'
import type { RunConfig } from './run.ts'

/** What work on the config of somebody else may take. */
export interface Budget {
  /** of an ordinary laptop */
  readonly seconds: number
  /** of memory, at the peak */
  readonly bytes: number
}

const MINUTE = 60
const GIB = 1024 * 1024 * 1024

/** Ten minutes of a laptop, and 2 GiB. */
export const defaultBudget: Budget = { seconds: 10 * MINUTE, bytes: 2 * GIB }

/** Which updates of a run are to be made, after `from` and up to `to`. */
export interface UpdateRange extends Omit<EstimateOptions, 'updates'> {
  /** 0 unless said otherwise */
  readonly from?: number
  /** the last one unless said otherwise */
  readonly to?: number
}

/** What it takes to make updates of a run, by each of the configs that it learns by there. */
export const estimateRun = <S>(
  { past, ppo }: Pick<RunConfig, 'past' | 'ppo'>,
  env: Seen<S>,
  { from = 0, to = updatesOf(ppo), ...how }: UpdateRange = {},
): Estimate => {
  const all: Estimate[] = []
  let before = 0
  for (const { until, ppo: config } of [...past, { until: updatesOf(ppo), ppo }]) {
    const updates = Math.min(until, to) - Math.max(before, from)
    if (updates > 0) all.push(estimate(config, env, { ...how, updates }))
    before = until
  }
  return combined(all.length > 0 ? all : [estimate(ppo, env, { ...how, updates: 0 })])
}

/** What the most expensive single update of a run takes, and the memory of all that it learns by. */
export const estimateLongestUpdate = <S>(
  { past, ppo }: Pick<RunConfig, 'past' | 'ppo'>,
  env: Seen<S>,
  how: Omit<EstimateOptions, 'updates'> = {},
): Estimate => {
  const all = [...past, { ppo }].map((one) => estimate(one.ppo, env, { ...how, updates: 1 }))
  const longest = all.reduce((a, b) => (b.seconds > a.seconds ? b : a))
  return { ...longest, bytes: combined(all).bytes }
}

/** Two digits, or a whole number. */
const rounded = (x: number): string => (x < 10 ? x.toFixed(1).replace(/\.0$/, '') : x.toFixed(0))

const DURATIONS = [
  [365.25 * 24 * 3600, 'years'],
  [24 * 3600, 'd'],
  [3600, 'h'],
  [MINUTE, 'min'],
] as const

const LONG = 1e6

/** `8 s`, `10 min`, `2.5 h`, `3 d`, `70 years` */
export const describeSeconds = (seconds: number): string => {
  if (seconds < 1) return 'less than 1 s'
  for (const [length, name] of DURATIONS) {
    const count = seconds / length
    if (count > LONG) return `more than ${LONG.toLocaleString('en-US')} ${name}`
    if (count >= 1) return `${rounded(count)} ${name}`
  }
  return `${rounded(seconds)} s`
}

/** `12 MiB`, `1.5 GiB` */
export const describeBytes = (bytes: number): string => {
  const count = bytes / GIB
  if (count > LONG) return `more than ${LONG.toLocaleString('en-US')} GiB`
  return count >= 1 ? `${rounded(count)} GiB` : `${rounded(bytes / (1024 * 1024))} MiB`
}

/** `2.5 h of a laptop and 1.5 GiB of memory` */
export const describeBudget = ({ seconds, bytes }: Budget): string =>
  `${describeSeconds(seconds)} of a laptop and ${describeBytes(bytes)} of memory`

/** `about 2.5 h of a laptop and 1.5 GiB of memory`, of an estimate. */
export const describeEstimate = (estimated: Budget): string => {
  const text = describeBudget(estimated)
  return /^(less|more)/.test(text) ? text : `about ${text}`
}

/** Left where work takes more than it may. */
export const expectWithin =
  (budget: Budget) =>
  <T extends Budget>(estimated: T): E.Either<string, T> =>
    estimated.seconds <= budget.seconds && estimated.bytes <= budget.bytes
      ? E.right(estimated)
      : E.left(
          `expected work of at most ${describeBudget(budget)}, got ${describeEstimate(estimated)}`,
        )

import * as E from 'fp-ts/lib/Either.js'
import type { EnvView } from '../env/environment.ts'
import { algorithms, type Settings } from '../algo/algorithm.ts'
import { updatesOf } from '../algo/configFields.ts'
import {
  estimate,
  estimatePlay,
  combined,
  type Estimate,
  type EstimateOptions,
} from '../algo/ppo/estimate/estimate.ts'
import { segmentsAfter, type RunConfig } from './config.ts'

/** Limits for the work that an untrusted config requires. */
export interface Budget {
  /** seconds on an ordinary laptop */
  readonly seconds: number
  /** peak memory in bytes */
  readonly bytes: number
}

const MINUTE = 60
const GIB = 1024 * 1024 * 1024

/** The default limits: ten minutes on an ordinary laptop, and 2 GiB. */
export const defaultBudget: Budget = { seconds: 10 * MINUTE, bytes: 2 * GIB }

/** A range of updates, from + 1 … to, and how they are computed. */
export interface UpdateRange extends Omit<EstimateOptions, 'updates'> {
  /** number of updates already done; 0 by default */
  readonly from?: number
  /** the last update to do; by default the last of the run */
  readonly to?: number
  /**
   * whether to count the evaluations of the run, each as if all of its episodes were cut at their
   * longest; false by default, since verifying a certificate does not repeat them
   */
  readonly evaluated?: boolean
}

type Estimated = Pick<RunConfig, 'algorithm' | 'past' | 'settings' | 'evaluation'>

const costIn =
  <S>({ algorithm }: Pick<RunConfig, 'algorithm'>, env: EnvView<S>) =>
  (settings: Settings, how: EstimateOptions): Estimate =>
    estimate(algorithms[algorithm].costsLike(settings), env, how)

/** The cost of so many evaluations of a run, at most. */
const evaluationsCost = <S>(
  { algorithm, settings, evaluation }: Estimated,
  env: EnvView<S>,
  evaluations: (every: number) => number,
  kernels: EstimateOptions['kernels'],
): readonly Estimate[] => {
  if (evaluation === undefined) return []
  const { every, episodes, longest } = evaluation
  const steps = evaluations(every) * episodes * longest
  return [estimatePlay(algorithms[algorithm].costsLike(settings), env, steps, kernels)]
}

/**
 * Estimates the cost of a range of updates from the config alone, in time that does not depend on the
 * config's numbers. A forked run uses an earlier config up to each `past[i].until`.
 *
 * @param env its spaces, and whether it has an actionMask; nothing of it is called
 * @returns operations, environment steps, seconds on an ordinary laptop, and peak bytes
 * @see estimate, for how accurate they are
 */
export const estimateRun = <S>(
  config: Estimated,
  env: EnvView<S>,
  { from = 0, to = updatesOf(config.settings), evaluated = false, ...how }: UpdateRange = {},
): Estimate => {
  const all: Estimate[] = []
  let before = 0
  const cost = costIn(config, env)
  for (const { until, settings } of segmentsAfter(config, 0)) {
    const updates = Math.min(until, to) - Math.max(before, from)
    if (updates > 0) all.push(cost(settings, { ...how, updates }))
    before = until
  }
  const { envs, steps } = config.settings
  const evaluations = (every: number): number =>
    Math.floor((to * envs * steps) / every) - Math.floor((from * envs * steps) / every)
  return combined([
    ...(all.length > 0 ? all : [cost(config.settings, { ...how, updates: 0 })]),
    ...(evaluated ? evaluationsCost(config, env, evaluations, how.kernels) : []),
  ])
}

/**
 * The cost of the slowest single update of a run, with the evaluation that may follow it, and the memory of
 * all its configs together.
 */
export const estimateLongestUpdate = <S>(
  config: Estimated,
  env: EnvView<S>,
  how: Omit<EstimateOptions, 'updates'> = {},
): Estimate => {
  const all = segmentsAfter(config, 0).map(({ settings }) =>
    costIn(config, env)(settings, { ...how, updates: 1 }),
  )
  const longest = all.reduce((a, b) => (b.seconds > a.seconds ? b : a))
  const evaluation = evaluationsCost(config, env, () => 1, how.kernels)
  return { ...combined([longest, ...evaluation]), bytes: combined(all).bytes }
}

/** One decimal below 10, otherwise a whole number. */
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

/** `2.5 h on a laptop and 1.5 GiB of memory` */
export const describeBudget = ({ seconds, bytes }: Budget): string =>
  `${describeSeconds(seconds)} on a laptop and ${describeBytes(bytes)} of memory`

/** An estimate as text: `about 2.5 h on a laptop and 1.5 GiB of memory`. */
export const describeEstimate = (estimated: Budget): string => {
  const text = describeBudget(estimated)
  return /^(less|more)/.test(text) ? text : `about ${text}`
}

/** The estimate itself, or Left with a message if it exceeds the budget in time or memory. */
export const expectWithin =
  (budget: Budget) =>
  <T extends Budget>(estimated: T): E.Either<string, T> =>
    estimated.seconds <= budget.seconds && estimated.bytes <= budget.bytes
      ? E.right(estimated)
      : E.left(
          `expected work of at most ${describeBudget(budget)}, got ${describeEstimate(estimated)}`,
        )

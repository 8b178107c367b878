import type { EnvSpec } from '../../env/environment.ts'
import { partsOf, type Space } from '../../env/space.ts'
import { f64 } from '../../math/real.ts'
import { mean } from '../../rl/meanStd.ts'
import { data, type Tensor } from '../../tensor/tensor.ts'
import {
  addUpdate,
  EPISODES,
  isBetter,
  noEvidence,
  WINDOW,
  type Evidence,
  type HealthMetrics,
} from './evidence.ts'

/** Explained variance below this, of either sign, is near zero. */
export const NO_VARIANCE_EXPLAINED = 0.05
/** A KL divergence below this, in nats, is near zero. */
export const NO_STEP = 1e-4
/** A policy is saturated below this share of the largest entropy of its choices. */
export const SATURATED = 0.01
/** A continuous policy is saturated if it is this much narrower than uniform, in nats an action. */
export const NARROW = 5
/** Most of its samples lie outside the bounds if it is this much wider than uniform, in nats an action. */
export const WIDE = 2
/** The largest mean share of clipped samples. */
export const MOST_CLIPPED = 0.5
/** The largest root mean square of a feature that is not normalised. */
export const LARGEST_FEATURE = 30
/** The share of a run after which returns should have become better: Acrobot's preset takes a quarter. */
export const PATIENCE = 0.5

/** A sign that a run does not learn as it should. */
export interface HealthWarning {
  readonly code:
    | 'no-learning'
    | 'saturated-policy'
    | 'high-clip-fraction'
    | 'unscaled-observations'
    | 'all-truncated'
  /** the update after which it was first seen */
  readonly update: number
  readonly message: string
  /** what to try */
  readonly advice: string
}

/** The properties of a run that its warnings depend on, besides its metrics. */
export interface HealthContext {
  /** updates of the whole run */
  readonly updates: number
  /** whether observations are normalised */
  readonly isNormalised: boolean
  /** null if it is not known: then nothing is said about the policy's entropy */
  readonly env: (Pick<EnvSpec, 'actionSpace'> & { readonly actionMask?: unknown }) | null
}

/** The warnings about a run, and what later ones depend on. */
export interface Health {
  readonly evidence: Evidence
  /** in the order in which they were first seen, at most one of each code */
  readonly warnings: readonly HealthWarning[]
}

/** The health of a run before its first update. */
export const healthy: Health = { evidence: noEvidence, warnings: [] }

type Found = Pick<HealthWarning, 'message' | 'advice'> | null

const meanOf = (updates: Evidence['updates'], name: 'entropy' | 'clipFraction'): number =>
  mean(updates.map((metrics) => metrics[name] ?? NaN))

const percent = (x: number): string => `${(100 * x).toFixed(x < 0.01 ? 2 : 0)} %`

/** No update of the window explains any variance of the returns or moves the policy. */
const noLearning = (evidence: Evidence): Found => {
  const { updates } = evidence
  const isStill = ({ explainedVariance, kl, approxKl }: (typeof updates)[number]): boolean =>
    !(Math.abs(explainedVariance) >= NO_VARIANCE_EXPLAINED) && (kl ?? approxKl ?? NaN) < NO_STEP
  return updates.length === WINDOW && updates.every(isStill) && isBetter(evidence) !== true
    ? {
        message: `nothing was learned for ${WINDOW} updates: explained variance and KL divergence are near zero`,
        advice:
          'try a larger learningRate, check that good episodes earn more than bad ones, and scale rewards that are very small or very large',
      }
    : null
}

/** The largest entropy of a space of choices, in nats; null if part of it is a box. */
const mostEntropy = (space: Space): number | null => {
  if (space.kind === 'box') return null
  if (space.kind === 'discrete') return f64.log(space.n)
  if (space.kind === 'multiBinary') return space.n * f64.log(2)
  if (space.kind === 'multiDiscrete') return space.sizes.reduce((sum, n) => sum + f64.log(n), 0)
  const parts = partsOf(space).map(([, part]) => mostEntropy(part))
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}

/** What is wrong with the entropy of a policy: too small, or too large for the bounds of its actions. */
const wrongEntropy = (entropy: number, actionSpace: Space): Found => {
  const most = mostEntropy(actionSpace)
  if (most !== null)
    return most > 0 && entropy < SATURATED * most
      ? {
          message: `the policy is saturated: its entropy is ${percent(entropy / most)} of the largest, but returns have not improved`,
          advice: 'try a larger entropyCoef or a smaller learningRate',
        }
      : null
  if (actionSpace.kind !== 'box') return null
  const { size, low, high } = actionSpace
  const uniform = low.reduce((sum, l, i) => sum + f64.log(high[i]! - l), 0)
  if (!Number.isFinite(uniform)) return null
  if (entropy < uniform - NARROW * size)
    return {
      message: 'the policy is saturated: it hardly explores, but returns have not improved',
      advice: 'try a larger entropyCoef or logStd.init, or a smaller learningRate',
    }
  return entropy > uniform + WIDE * size
    ? {
        message:
          'the policy is saturated: most of its actions lie outside the bounds, and returns have not improved',
        advice: 'try a smaller entropyCoef, learningRate or logStd.init, or set logStd.max',
      }
    : null
}

/** The policy hardly explores, or acts mostly at its bounds, and returns have not improved. */
const saturatedPolicy = (evidence: Evidence, { env }: HealthContext): Found => {
  const { updates } = evidence
  if (env === null || env.actionMask !== undefined || updates.length < WINDOW) return null
  const found = wrongEntropy(meanOf(updates, 'entropy'), env.actionSpace)
  return found !== null && isBetter(evidence) === false ? found : null
}

/** Updates go further than the clip range allows. */
const highClipFraction = ({ updates }: Evidence): Found => {
  const share = updates.length < WINDOW ? NaN : meanOf(updates, 'clipFraction')
  return share > MOST_CLIPPED
    ? {
        message: `${percent(share)} of all samples are clipped: updates are too large`,
        advice: 'try a smaller learningRate, fewer epochs, or klStop.target=0.02',
      }
    : null
}

/** A feature is much larger than the inputs that networks are initialised for. */
const unscaledObservations = (
  observation: Tensor | null,
  { isNormalised }: HealthContext,
): Found => {
  if (observation === null || isNormalised) return null
  const x = data(observation)
  const [rows = 0, features = 0] = observation.shape
  for (let f = 0; f < features; f++) {
    let squares = 0
    for (let i = 0; i < rows; i++) squares += x[i * features + f]! * x[i * features + f]!
    const size = Math.sqrt(squares / rows)
    if (size > LARGEST_FEATURE)
      return {
        message: `observations are not scaled: feature ${f} is about ${Number(size.toPrecision(2))} in size`,
        advice:
          'try --set normalise.observation=true with ppo, or divide by a typical size in the environment',
      }
  }
  return null
}

/** Every episode is as long as the others, as if cut by a time limit, and earns no more than at first. */
const allTruncated = (evidence: Evidence, { updates }: HealthContext): Found => {
  const { last } = evidence
  const { update } = evidence.updates.at(-1)!
  const length = last[0]?.length ?? 0
  return length > 1 &&
    update >= Math.max(WINDOW, PATIENCE * updates) &&
    last.every((episode) => episode.length === length) &&
    isBetter(evidence) === false
    ? {
        message: `the last ${EPISODES} episodes were all cut off after ${length} steps, and returns have not improved`,
        advice:
          'try a longer time limit, rewards for intermediate progress, or more exploration (a larger entropyCoef)',
      }
    : null
}

/**
 * The health of a run after another update: a pure function of its health before and the metrics of
 * the update. Each warning is given once, with what to try. `observation` [env, feature] is what
 * the environments show after the update; null leaves out the warning about its scale.
 */
export const healthAfter =
  (context: HealthContext) =>
  (
    { evidence: before, warnings }: Health,
    metrics: HealthMetrics,
    observation: Tensor | null = null,
  ): Health => {
    const evidence = addUpdate(before, metrics)
    const found = {
      'no-learning': noLearning(evidence),
      'saturated-policy': saturatedPolicy(evidence, context),
      'high-clip-fraction': highClipFraction(evidence),
      'unscaled-observations': unscaledObservations(observation, context),
      'all-truncated': allTruncated(evidence, context),
    } as const satisfies Record<HealthWarning['code'], Found>
    const added = (Object.keys(found) as ReadonlyArray<HealthWarning['code']>).flatMap((code) => {
      const one = found[code]
      return one === null || warnings.some((warning) => warning.code === code)
        ? []
        : [{ code, update: metrics.update, ...one }]
    })
    return { evidence, warnings: added.length === 0 ? warnings : [...warnings, ...added] }
  }

/** `after update 120: nothing is learned …: try …`, a line. */
export const describeWarning = ({ update, message, advice }: HealthWarning): string =>
  `after update ${update}: ${message}: ${advice}`

import type { Episode } from '../../env/wrapper/vectorise.ts'
import { meanStd } from '../../rl/meanStd.ts'

/** Warnings about learning look at this many updates. */
export const WINDOW = 20

/** Returns are compared over this many episodes: the first ones and the last ones of a run. */
export const EPISODES = 50

/** Standard errors by which the last returns must exceed the first ones to be called better. */
const BETTER = 3

/** The measurements of an update that warnings read, for any algorithm. */
interface Measured {
  readonly update: number
  readonly explainedVariance: number
  readonly entropy: number
  readonly approxKl?: number
  readonly kl?: number
  readonly clipFraction?: number
}

/** The metrics of an update, by any algorithm, as far as warnings look at them. */
export interface HealthMetrics extends Measured {
  /** the episodes that ended in this update */
  readonly episodes: readonly Episode[]
}

/** What warnings about a run depend on, in bounded memory. */
export interface Evidence {
  /** of the last 20 updates, what warnings look at */
  readonly updates: readonly Measured[]
  /** episodes so far */
  readonly episodes: number
  /** the first 50 episodes */
  readonly first: readonly Episode[]
  /** the last 50 episodes */
  readonly last: readonly Episode[]
}

export const noEvidence: Evidence = { updates: [], episodes: 0, first: [], last: [] }

/** The evidence after another update. */
export const addUpdate = (
  { updates, episodes, first, last }: Evidence,
  { episodes: ended, ...metrics }: HealthMetrics,
): Evidence => ({
  updates: [...updates.slice(1 - WINDOW), metrics],
  episodes: episodes + ended.length,
  first: first.length < EPISODES ? [...first, ...ended.slice(0, EPISODES - first.length)] : first,
  last: ended.length === 0 ? last : [...last, ...ended].slice(-EPISODES),
})

/**
 * Whether the last episodes of a run earn more than its first ones: by more than three standard errors
 * of the difference of their means, √(s₁² / n + s₂² / n). null while fewer than 100 episodes have ended.
 */
export const isBetter = ({ episodes, first, last }: Evidence): boolean | null => {
  if (episodes < 2 * EPISODES) return null
  const [before, now] = [first, last].map((all) => meanStd(all.map((one) => one.return)))
  const error = Math.sqrt((before!.std * before!.std + now!.std * now!.std) / (EPISODES - 1))
  return now!.mean - before!.mean > BETTER * error
}

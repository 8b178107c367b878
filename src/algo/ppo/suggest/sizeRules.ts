import type { Probe } from './probe.ts'
import { readable, type Rule } from './rule.ts'

/** Environments side by side where their number is not limited; the samples of an update. */
const [ENVS, SAMPLES] = [16, 2048]

/** The run has this many episodes of random length, within bounds: a policy that learns may play longer ones. */
const [EPISODES, LEAST_STEPS, MOST_STEPS] = [500, 300_000, 1_000_000]

/**
 * How much to play: longer where episodes are longer. One update has 2,048 samples from as many
 * environments, a power of 2, as can be open at a time.
 */
export const amountRule = ({ episodes, length }: Probe, capacity: number): Rule => {
  let envs = ENVS
  while (envs > 1 && envs > capacity) envs /= 2
  const hundreds = Math.round((EPISODES * length) / 100_000) * 100_000
  const totalSteps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, hundreds))
  const found =
    episodes === 0
      ? `no episode ended within ${readable(length)} random steps`
      : `episodes of random actions take about ${readable(length)} steps`
  return {
    change: { envs, steps: SAMPLES / envs, totalSteps },
    reasons: [
      `${found}: ${totalSteps} steps in total, ${SAMPLES / envs} in each of ${envs} environments per update`,
    ],
  }
}

/** Episodes of this length look further ahead than 100 steps. */
const LONG = 500

/** How far ahead to look: 1 / (1 − γ) steps. A goal that random actions never reach is far. */
export const horizonRule = ({ lowest, highest, episodes, truncated, length }: Probe): Rule => {
  if (lowest === highest && episodes === truncated)
    return {
      change: { gamma: 0.999, lambda: 0.98 },
      reasons: [
        `each reward was ${readable(lowest)} and no episode terminated: a long horizon (gamma: 0.999, lambda: 0.98)`,
      ],
    }
  return length < LONG
    ? { change: {}, reasons: [] }
    : { change: { gamma: 0.998 }, reasons: ['long episodes: a long horizon (gamma: 0.998)'] }
}

/** From this many features on, the first layer is wider. */
const MANY = 100

/** Wider first layers for long observations. */
export const networkRule = (features: number): Rule =>
  features < MANY
    ? { change: {}, reasons: [] }
    : {
        change: { hidden: [256, 64] },
        reasons: [`an observation has ${features} numbers: a wide first layer (hidden: [256,64])`],
      }

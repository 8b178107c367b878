import type { Metrics } from '../../src/algo/ppo/iterate.ts'

/** An update of 100 steps, with what a test cares about over numbers that are all different. */
export const metricsOf = (update: number, more: Partial<Metrics> = {}): Metrics => ({
  update,
  steps: 100 * update,
  learningRate: 0.25,
  policyLoss: -0.5,
  valueLoss: 1.5,
  entropy: 0.75,
  approxKl: 0.125,
  clipFraction: 0.0625,
  gradNorm: 2.5,
  explainedVariance: 0.875,
  episodes: [
    { env: 0, return: 10 * update, length: 4 },
    { env: 1, return: 10 * update + 1, length: 7 },
  ],
  ...more,
})

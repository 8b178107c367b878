import { gae } from '../../rl/gae.ts'
import { kStepAdvantage } from '../../rl/kStep.ts'
import { kStepWeights } from '../../rl/kStepWeights.ts'
import type { Steps } from '../../rl/steps.ts'
import { data, own } from '../../tensor/tensor.ts'
import type { EpisodeShown } from './anatomy.ts'

/** An estimator of one step's advantage, and what it weighs in GAE. */
export interface Estimator {
  /** rewards that it takes before it trusts V */
  readonly k: number
  /** Â⁽ᵏ⁾ */
  readonly advantage: number
  readonly weight: number
}

/** The estimators of an episode for one γ: GAE of any λ is built from them. */
export interface Estimators {
  /** δₜ, the TD residuals: Â⁽¹⁾ */
  readonly residuals: readonly number[]
  /** Â⁽ᵏ⁾ of a step for k from 1 up to the end of the episode, with their weights at λ */
  readonly at: (step: number, lambda: number) => readonly Estimator[]
  /** GAE at λ, of each step */
  readonly advantages: (lambda: number) => readonly number[]
}

const stepsOf = ({ reward, value, nextValue, terminated, truncated }: EpisodeShown): Steps => {
  const column = (x: Float32Array | Uint8Array): Steps['reward'] =>
    own(['time', 'env'], [x.length, 1], x)
  return {
    reward: column(reward),
    value: column(value),
    nextValue: column(nextValue),
    terminated: column(terminated),
    truncated: column(truncated),
  }
}

/** The estimators of all steps of an episode. */
export const estimatorsOf = (episode: EpisodeShown, gamma: number): Estimators => {
  const steps = stepsOf(episode)
  const count = episode.reward.length
  const byK: Array<ArrayLike<number>> = []
  const ofK = (k: number): ArrayLike<number> =>
    (byK[k - 1] ??= data(kStepAdvantage({ gamma, k })(steps)))
  return {
    residuals: Array.from(ofK(1)),
    at: (step, lambda) => {
      const left = count - step
      const weights = kStepWeights(lambda, left)
      return Array.from({ length: left }, (_, i) => ({
        k: i + 1,
        advantage: ofK(i + 1)[step]!,
        weight: weights[i]!,
      }))
    },
    advantages: (lambda) => Array.from(data(gae({ gamma, lambda })(steps))),
  }
}

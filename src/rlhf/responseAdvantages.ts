import type { Trajectory } from '../algo/trajectory.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { data } from '../tensor/tensor.ts'
import {
  grpoAdvantages,
  noBaseline,
  reinforceAdvantages,
  rlooAdvantages,
  type GrpoConfig,
  type GroupConfig,
  type ReturnBaseline,
} from './groupAdvantage.ts'
import { wholeResponses, type WholeResponse } from './wholeResponses.ts'

/**
 * How whole responses are weighed, without a value function:
 *
 * - `rloo`: see `rlooAdvantages`
 * - `grpo`: see `grpoAdvantages`; use it with `referenceKl: 'k3'`, as the paper does
 * - `reinforce`: see `reinforceAdvantages`
 */
export type ResponseEstimator =
  | ({ readonly kind: 'rloo' } & GroupConfig)
  | ({ readonly kind: 'grpo' } & GrpoConfig)
  | { readonly kind: 'reinforce' }

/** What the tokens of a rollout learn from; numbers a token, [time, env] in order. */
export interface ResponseAdvantages {
  readonly responses: readonly WholeResponse[]
  /** Âᵢ times the weight */
  readonly advantage: Float64Array
  /** of the tokens in the mean over all: 0 for those of no whole response */
  readonly weight: Float64Array
  readonly baseline: ReturnBaseline
}

/**
 * The advantages of the tokens of a rollout: that of their response, times a weight. The mean over all
 * tokens of weight · x is, for `rloo` and `reinforce`, the mean of x over the tokens of whole responses;
 * for `grpo`, the mean over those responses of the mean over their tokens, as in its eq. 3.
 *
 * A response's return Rᵢ is the sum of its rewards, with what the KL costs where that is in the reward.
 *
 * @param longest the most tokens of a response, including EOS, a whole number >= 1
 * @throws RangeError when the estimator is unknown or a response does not fit it
 */
export const responseAdvantages = (
  estimator: ResponseEstimator,
  longest: number,
  trajectory: Pick<Trajectory, 'reward' | 'terminated'>,
  baseline: ReturnBaseline = noBaseline,
): ResponseAdvantages => {
  expectOneOf('estimator.kind', estimator.kind, ['rloo', 'grpo', 'reinforce'])
  const [time, envs] = trajectory.reward.shape
  const responses = wholeResponses(trajectory, longest)
  const reward = data(trajectory.reward)
  const sumOf = ({ env, from, to }: WholeResponse): number => {
    let sum = 0
    for (let t = from; t < to; t++) sum += reward[t * envs + env]!
    return sum
  }
  const returns = responses.map(sumOf)
  const [each, next] =
    estimator.kind === 'reinforce'
      ? reinforceAdvantages(baseline, returns)
      : [
          estimator.kind === 'rloo'
            ? rlooAdvantages(estimator, returns)
            : grpoAdvantages(estimator, returns),
          baseline,
        ]
  const n = time * envs
  const tokens = responses.reduce((sum, { from, to }) => sum + to - from, 0)
  const advantage = new Float64Array(n)
  const weight = new Float64Array(n)
  responses.forEach(({ env, from, to }, i) => {
    const w = estimator.kind === 'grpo' ? n / (responses.length * (to - from)) : n / tokens
    for (let t = from; t < to; t++) {
      weight[t * envs + env] = w
      advantage[t * envs + env] = each[i]! * w
    }
  })
  return { responses, advantage, weight, baseline: next }
}

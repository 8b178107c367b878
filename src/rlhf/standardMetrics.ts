import type { LanguageMetrics } from './iterateLanguage.ts'

const NAMES = [
  'objective/kl',
  'objective/kl_coef',
  'objective/entropy',
  'objective/scores',
  'objective/non_score_reward',
  'objective/rlhf_reward',
  'policy/approxkl_avg',
  'policy/clipfrac_avg',
  'policy/entropy_avg',
  'loss/policy_avg',
  'loss/value_avg',
  'val/clipfrac_avg',
  'val/ratio',
  'val/ratio_var',
  'lr',
] as const

/** The metrics of an update by the names that OpenAI's lm-human-preferences and Hugging Face's TRL use. */
export type StandardMetrics = Readonly<Record<(typeof NAMES)[number], number>>

/**
 * The metrics of an update under the names of other libraries:
 *
 * - `objective/kl`: KL(π ‖ ρ) of a response in nats, exact over the vocabulary (TRL: log π − log ρ of
 *   the sampled tokens, whose mean it is)
 * - `objective/kl_coef`: β of this update
 * - `objective/entropy`: −log π of a response in nats: the mean entropy of a token, times tokens a response
 * - `objective/scores`: mean score of the responses that ended, after clipping and the missing-EOS penalty
 * - `objective/non_score_reward`: −β · `objective/kl`
 * - `objective/rlhf_reward`: `objective/scores` + `objective/non_score_reward`
 * - `policy/approxkl_avg`: mean of r − 1 − log r, with r = π/π_old (TRL: ½ (log r)², equal to second order)
 * - `policy/clipfrac_avg`: share of tokens with |r − 1| > ε
 * - `policy/entropy_avg`: mean entropy of π over the vocabulary, a token, in nats
 * - `loss/policy_avg`: mean loss of the policy, with the KL and the corpus where they are in the loss
 * - `loss/value_avg`: mean loss of V, before its weight
 * - `val/clipfrac_avg`: share of tokens with |V − V_old| > ε of V; 0 where the value loss is not clipped
 * - `val/ratio`, `val/ratio_var`: mean and variance (ddof 0) of r over all steps of the update
 * - `lr`: learning rate of the first minibatch
 *
 * Those of responses are NaN where none ended in the update.
 */
export const standardMetrics = (metrics: LanguageMetrics): StandardMetrics => ({
  'objective/kl': metrics.kl,
  'objective/kl_coef': metrics.beta,
  'objective/entropy': metrics.entropy * metrics.length,
  'objective/scores': metrics.score,
  'objective/non_score_reward': -metrics.beta * metrics.kl,
  'objective/rlhf_reward': metrics.rlhfReward,
  'policy/approxkl_avg': metrics.approxKl,
  'policy/clipfrac_avg': metrics.clipFraction,
  'policy/entropy_avg': metrics.entropy,
  'loss/policy_avg': metrics.policyLoss,
  'loss/value_avg': metrics.valueLoss,
  'val/clipfrac_avg': metrics.valueClipFraction,
  'val/ratio': metrics.ratio,
  'val/ratio_var': metrics.ratioVariance,
  lr: metrics.learningRate,
})

import { expectAbove, expectAtLeast, expectCount } from '../tensor/argument.ts'
import { preferenceFitConfig, type PreferenceFitConfig } from './fitConfig.ts'

/** The settings of learning from preferences, besides those of PPO. */
export interface PreferencesConfig {
  /** steps of a clip */
  readonly clip: number
  /** number of pairs to label in the whole run; 0 learns from the predictions of untrained networks */
  readonly labels: number
  /** share of the labels that are given to the policy's first rollouts, before it learns */
  readonly firstShare: number
  /** rollouts of the policy before it learns */
  readonly rollouts: number
  /** updates between label rounds */
  readonly every: number
  /** pairs drawn for each pair to label */
  readonly candidates: number
  /** reward networks */
  readonly members: number
  /** outputs of each of their tanh layers */
  readonly hidden: readonly number[]
  /** number of clips, drawn from all so far, that standardise inputs and predictions */
  readonly reference: number
  /** how each reward network is fitted to the answers so far */
  readonly fit: PreferenceFitConfig
}

/** The config of learning from preferences that the presets start from. */
export const preferencesConfig: PreferencesConfig = {
  clip: 20,
  labels: 700,
  firstShare: 0.2,
  rollouts: 1,
  every: 7,
  candidates: 10,
  members: 3,
  hidden: [32, 32],
  reference: 256,
  fit: preferenceFitConfig,
}

/**
 * Checks a config of learning from preferences and returns it.
 *
 * @throws RangeError for the first field that is out of range
 */
export const checkedPreferences = (config: PreferencesConfig): PreferencesConfig => {
  const { labels, firstShare, fit } = config
  for (const name of ['clip', 'rollouts', 'every', 'candidates', 'members', 'reference'] as const)
    expectCount(name, config[name])
  config.hidden.forEach((size, i) => expectCount(`hidden[${i}]`, size))
  if (labels !== 0) expectCount('labels', labels)
  if (!(firstShare >= 0 && firstShare <= 1))
    throw new RangeError(`firstShare: expected a share from 0 to 1, got ${firstShare}`)
  expectCount('fit.steps', fit.steps)
  expectCount('fit.batch', fit.batch)
  expectAbove('fit.learningRate', fit.learningRate, 0)
  expectAtLeast('fit.weightDecay', fit.weightDecay, 0)
  return config
}

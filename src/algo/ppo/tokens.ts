import { expectOneOf } from '../../tensor/argument.ts'
import type { OptimState } from '../learner.ts'
import { policyObjective } from '../objective.ts'
import { RATIO_LOSSES, ratioMetrics, withRatioMetrics, type RatioMetrics } from '../ratioMetrics.ts'
import type { LossFields } from '../samples.ts'
import { withTokenLosses } from '../tokenLosses.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import { algorithm as ppo, type UpdateMetrics } from './algorithm.ts'
import type { PpoConfig } from './config.ts'
import { ppoLearning, type Descended, type Learned } from './learn.ts'
import { tokenNetwork, type TokenNetworkConfig } from './tokenNetwork.ts'

/** A config of PPO for a policy over tokens. */
export interface TokenPpoConfig extends PpoConfig, LossFields, Pick<TokenNetworkConfig, 'tokens'> {}

/** What an update of PPO over tokens reports. */
export interface TokenUpdateMetrics extends UpdateMetrics, RatioMetrics {}

const descended: Descended<TokenPpoConfig> = {
  objective: (config, policy, rates) =>
    withRatioMetrics(
      rates,
      withTokenLosses(config, policy, policyObjective(config, policy, rates)),
    ),
  more: RATIO_LOSSES,
}

/**
 * PPO for policies over tokens, whose losses may have terms of a reference and of a corpus. It is a spec of
 * its own so that a program that trains no language model does not carry it.
 */
export const tokenPpo: AlgorithmSpec<TokenPpoConfig, OptimState, Learned, TokenUpdateMetrics> = {
  ...ppo,
  name: 'languagePpo',
  network: tokenNetwork,
  checked: (config) => {
    const { tokens: _, referenceKl, corpusLoss: __, ...plain } = config
    if (referenceKl !== undefined) expectOneOf('referenceKl', referenceKl, ['k2', 'k3', 'exact'])
    ppo.checked(plain)
    return config
  },
  learning: (runtime, layout, config, policy) =>
    ppoLearning(runtime, layout, config, policy, descended),
  report: (learned, rates) => {
    const [metrics, adaptive] = ppo.report(learned, rates)
    return [{ ...metrics, ...ratioMetrics(learned.more) }, adaptive]
  },
}

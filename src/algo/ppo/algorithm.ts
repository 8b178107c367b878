import { checkedBy } from '../decodeWith.ts'
import { estimateTargets, recomputeAdvantages } from '../estimateTargets.ts'
import type { OptimState } from '../learner.ts'
import { optimizerFor } from '../optimizer.ts'
import { networkFor } from '../policy.ts'
import { liveRates } from '../rates.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import type { PpoConfig } from './config.ts'
import { decodeConfig } from './decode.ts'
import { comparesDists, ppoLearning, type Learned, type LossMetrics } from './learn.ts'
import { ratesAt, startAdaptive } from './rates.ts'

/** The metrics of an update of PPO. Losses are means over its minibatches. */
export interface UpdateMetrics extends LossMetrics {
  /** that of the first minibatch */
  readonly learningRate: number
}

/** @throws RangeError unless the config is valid */
export const checked = checkedBy(decodeConfig, 'ppo')

/** Proximal policy optimisation: Schulman et al. 2017, arXiv:1707.06347, Algorithm 1. */
export const algorithm: AlgorithmSpec<PpoConfig, OptimState, Learned, UpdateMetrics> = {
  name: 'ppo',
  network: networkFor,
  checked,
  optimizer: (config, { machine, network }) =>
    optimizerFor(machine, config, network.valueParams, {
      ...liveRates(),
      ...ratesAt(config, 0, null),
    }),
  comparesDists,
  startAdaptive,
  ratesAt,

  // Returns and advantages, by V as it acted, or again before each epoch.
  estimate: estimateTargets,
  recompute: (config, policy, rollout) =>
    config.recomputeAdvantages ? recomputeAdvantages(config, policy, rollout) : null,

  // K epochs of shuffled minibatches on the clipped surrogate.
  learning: ppoLearning,
  report: ({ metrics, adaptive }, { learningRate }) => [{ ...metrics, learningRate }, adaptive],
}

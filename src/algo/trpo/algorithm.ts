import { estimateTargets } from '../estimateTargets.ts'
import type { OptimState } from '../learner.ts'
import { optimizerFor, unclipped } from '../optimizer.ts'
import { networkFor } from '../policy.ts'
import { liveRates, plainRates } from '../rates.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import { valueSteps } from '../valueSteps.ts'
import { checked, type TrpoConfig } from './config.ts'
import { naturalStep, type StepMetrics } from './step.ts'

/** The metrics of an update of TRPO. */
export interface UpdateMetrics extends StepMetrics {
  /** mean over V's steps */
  readonly valueLoss: number
}

export type Learned = UpdateMetrics

/**
 * Trust region policy optimisation: Schulman et al. 2015, arXiv:1502.05477. An update is one natural
 * step of the policy within the trust region, then many steps of V towards the returns.
 */
export const algorithm: AlgorithmSpec<TrpoConfig, OptimState, Learned, UpdateMetrics> = {
  name: 'trpo',
  network: networkFor,
  checked,
  optimizer: (config, { machine, network }) =>
    optimizerFor(machine, unclipped(config), network.valueParams, {
      ...liveRates(),
      learningRate: 0,
      valueLearningRate: config.valueLearningRate,
    }),
  comparesDists: () => false,
  startAdaptive: () => null,
  ratesAt: ({ valueLearningRate }) => ({ ...plainRates, learningRate: 0, valueLearningRate }),
  estimate: estimateTargets,
  recompute: () => null,

  learning: (runtime, layout, config, policy) => {
    const { learner, rates } = layout
    const transform = optimizerFor(
      policy.machine,
      unclipped(config),
      policy.network.valueParams,
      rates,
    )
    const step = naturalStep(runtime, layout, config, policy)
    const fit = valueSteps(runtime, layout, config, policy, transform, learner.cells[0].norm)
    let taken: StepMetrics | null = null
    return {
      read: fit.read,
      learn: function* (key) {
        learner.begin()
        taken = yield* step()
        yield* fit.run(key)
      },
      result: () => ({ ...taken!, valueLoss: fit.loss() }),
    }
  },
  report: (metrics) => [metrics, null],
}

import { chain } from '../../optim/transform.ts'
import type { ClipState } from '../../optim/clipByGlobalNorm.ts'
import { clipByGlobalNorm } from '../../optim/clipByGlobalNorm.ts'
import { rmsProp, type RmsPropState } from '../../optim/rmsProp.ts'
import { scheduleFactor } from '../../optim/schedule.ts'
import { updatesOf } from '../configFields.ts'
import { descent } from '../descent.ts'
import { estimateTargets } from '../estimateTargets.ts'
import { LOSSES, policyObjective, type Losses } from '../objective.ts'
import { networkFor } from '../policy.ts'
import { liveRates, plainRates, type LiveRates } from '../rates.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import { checked, type A2cConfig } from './config.ts'

export type OptimState = readonly [ClipState, RmsPropState]

/** The metrics of an update of A2C: means over the samples of its batch. */
export interface UpdateMetrics extends Pick<Losses, 'policyLoss' | 'valueLoss' | 'entropy'> {
  readonly learningRate: number
  /** ‖∂L/∂θ‖ before it was clipped */
  readonly gradNorm: number
}

export type Learned = Losses & { readonly gradNorm: number }

const optimizerAt = (
  machine: Parameters<typeof clipByGlobalNorm>[0],
  { maxGradNorm, rmsProp: config }: A2cConfig,
  rates: LiveRates,
) =>
  chain(
    clipByGlobalNorm(machine, maxGradNorm),
    rmsProp({ ...config, learningRate: () => rates.learningRate }),
  )

/**
 * A2C, the synchronous form of Mnih et al. 2016, arXiv:1602.01783:
 * L(θ) = −mean log π(a|s) Â + c_v · mean ½ (V − G)² − c_e · mean H, one step by the gradient over the
 * whole batch. It is PPO with one epoch of one minibatch, where every ratio is 1: Huang et al. 2022,
 * arXiv:2205.09123.
 */
export const algorithm: AlgorithmSpec<A2cConfig, OptimState, Learned, UpdateMetrics> = {
  name: 'a2c',
  network: networkFor,
  checked,
  optimizer: (config, { machine }) =>
    optimizerAt(machine, config, { ...liveRates(), learningRate: config.learningRate }),
  comparesDists: () => false,
  startAdaptive: () => null,
  ratesAt: ({ learningRate, learningRateSchedule, envs, steps, totalSteps }, update) => {
    const updates = updatesOf({ envs, steps, totalSteps })
    const place = { update, updates, stepsPerUpdate: envs * steps, totalSteps }
    return {
      ...plainRates,
      learningRate: learningRate * scheduleFactor(learningRateSchedule, place),
    }
  },
  estimate: estimateTargets,
  recompute: () => null,

  learning: (runtime, { batch, learner, rates }, config, policy) => {
    const n = config.envs * config.steps
    const order = runtime.own.integers(n)
    const loss = { ...config, surrogate: 'policyGradient', valueClip: null } as const
    const steps = descent(runtime, {
      batch,
      order,
      n,
      steps: 1,
      shards: config.shards,
      objective: policyObjective(loss, policy, rates),
      transform: optimizerAt(policy.machine, config, rates),
      learner,
      losses: LOSSES,
      norm: learner.cells[0].norm,
    })
    return {
      learn: function* () {
        learner.begin()
        for (let i = 0; i < n; i++) order[i] = i
        yield* steps.forward(0, 0)
        yield* steps.descend(0)
      },
      result: () => steps.metrics(0),
      read: steps.read,
    }
  },
  report: ({ policyLoss, valueLoss, entropy, gradNorm }, { learningRate }) => [
    { policyLoss, valueLoss, entropy, gradNorm, learningRate },
    null,
  ],
}

import { discountedReturn } from '../../rl/returns.ts'
import { truncation } from '../../rl/truncation.ts'
import { whiten } from '../../rl/whiten.ts'
import { descent } from '../descent.ts'
import { estimateTargets } from '../estimateTargets.ts'
import type { OptimState } from '../learner.ts'
import { LOSSES, policyObjective, type Losses } from '../objective.ts'
import { optimizerFor, unclipped } from '../optimizer.ts'
import { networkFor } from '../policy.ts'
import { liveRates, plainRates } from '../rates.ts'
import type { Trajectory } from '../trajectory.ts'
import { flattenTime, type Samples } from '../samples.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import { valueSteps } from '../valueSteps.ts'
import { checked, type VpgConfig } from './config.ts'

/** The metrics of an update of VPG: means over the samples of its batch. */
export interface UpdateMetrics extends Pick<Losses, 'policyLoss' | 'entropy'> {
  /** ‖∂L/∂θ‖ of the policy's step */
  readonly gradNorm: number
  /** mean over V's steps */
  readonly valueLoss: number
}

export type Learned = UpdateMetrics

/** The samples of a trajectory, each with its weight Ψ in place of an advantage. */
const weighted =
  (config: VpgConfig) =>
  (trajectory: Trajectory): Samples => {
    const batch = estimateTargets(config)(trajectory)
    if (config.weight === 'gae') return batch
    const toGo = discountedReturn(config)(truncation(config.truncation, config.gamma)(trajectory))
    const psi = config.advantage.normalise === 'batch' ? whiten(config.advantage)(toGo) : toGo
    return { ...flattenTime(trajectory, toGo, psi), returns: batch.returns }
  }

/**
 * The vanilla policy gradient: Williams 1992, REINFORCE, with the reward to go or with the advantages
 * of Schulman et al. 2016, arXiv:1506.02438, in place of the whole return. An update is one step of
 * Adam down L(θ) = −mean log π(a|s) Ψ − c_e · mean H by the policy, then many of V towards the returns.
 */
export const algorithm: AlgorithmSpec<VpgConfig, OptimState, Learned, UpdateMetrics> = {
  name: 'vpg',
  network: networkFor,
  checked,
  optimizer: (config, { machine, network }) =>
    optimizerFor(machine, unclipped(config), network.valueParams, {
      ...liveRates(),
      learningRate: config.learningRate,
      valueLearningRate: config.valueLearningRate,
    }),
  comparesDists: () => false,
  startAdaptive: () => null,
  ratesAt: ({ learningRate, valueLearningRate }) => ({
    ...plainRates,
    learningRate,
    valueLearningRate,
  }),
  estimate: weighted,
  recompute: () => null,

  learning: (runtime, layout, config, policy) => {
    const { batch, learner, rates } = layout
    const n = config.envs * config.steps
    const order = runtime.own.integers(n)
    const { norm } = learner.cells[0]
    const loss = { ...config, surrogate: 'policyGradient', valueClip: null, valueCoef: 0 } as const
    const transform = optimizerFor(
      policy.machine,
      unclipped(config),
      policy.network.valueParams,
      rates,
    )
    const step = descent(runtime, {
      batch,
      order,
      n,
      steps: 1,
      shards: config.shards,
      objective: policyObjective(loss, policy, rates, 'policy'),
      transform,
      learner,
      losses: LOSSES,
      norm,
    })
    const fit = valueSteps(runtime, layout, config, policy, transform, norm)
    return {
      read: [...step.read, ...fit.read],
      learn: function* (key) {
        learner.begin()
        for (let i = 0; i < n; i++) order[i] = i
        rates.trainable = 'policy'
        yield* step.forward(0, 0)
        yield* step.descend(0)
        yield* fit.run(key)
      },
      result: () => {
        const { policyLoss, entropy, gradNorm } = step.metrics(0)
        return { policyLoss, entropy, gradNorm, valueLoss: fit.loss() }
      },
    }
  },
  report: (metrics) => [metrics, null],
}

import { gae } from '../rl/gae.ts'
import { lambdaReturn } from '../rl/returns.ts'
import { truncation, type TruncationKind } from '../rl/truncation.ts'
import { whiten } from '../rl/whiten.ts'
import { expectFinite } from '../tensor/check.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Policy, PolicyParams } from './policy.ts'
import { type Rollout } from './rollout.ts'
import { nextValues, type Trajectory } from './trajectory.ts'
import { flattenTime, type Samples } from './samples.ts'

/** The settings of returns and advantages. */
export interface TargetConfig {
  readonly gamma: number
  readonly lambda: number
  readonly valueLambda: number | null
  readonly truncation: TruncationKind
  readonly advantage: {
    readonly normalise: 'minibatch' | 'batch' | 'none'
    readonly ddof: 0 | 1
    readonly epsilon: number
    readonly epsilonKind: 'add' | 'max'
  }
}

/**
 * Computes what an update learns from: the steps of a trajectory [time, env], with the return and
 * the advantage of each step, by the estimators that the config names.
 *
 * @returns a function of a trajectory to samples [sample]
 * @throws RangeError when the shapes of the trajectory differ or a number of the config is out of
 * range
 */
export const estimateTargets =
  (config: TargetConfig) =>
  (trajectory: Trajectory): Samples => {
    const { gamma, lambda, valueLambda, advantage } = config
    const steps = truncation(config.truncation, gamma)(trajectory)

    // What each step earned: the value targets Gₜ.
    const returns = lambdaReturn({ gamma, lambda: valueLambda ?? lambda })(steps)

    // How much better than V expected: Âₜ = Gₜ − Vₜ where both look as far ahead.
    const advantages = gae({ gamma, lambda })(steps)
    expectFinite('returns', returns)
    expectFinite('advantages', advantages)

    if (advantage.normalise !== 'batch') return flattenTime(trajectory, returns, advantages)
    const whitened = whiten(advantage)(advantages)
    expectFinite('whitened advantages', whitened)
    return flattenTime(trajectory, returns, whitened)
  }

/** Returns and advantages with the current V, from its values of the batch. */
export type Recompute = (
  params: PolicyParams,
  value: Tensor<['time', 'env']>,
) => Pick<Samples, 'advantage' | 'returns'>

/**
 * For configs that value a batch again before each epoch after the first: returns and advantages with the V
 * of that moment, together with the samples' unchanged fields. Andrychowicz et al. 2021, arXiv:2006.05990,
 * section 3.5.
 */
export const recomputeAdvantages =
  (
    config: TargetConfig,
    policy: Policy,
    { trajectory, bootstrapObservation: bootstrap }: Rollout,
  ): Recompute =>
  (params, value) => {
    const valueBeyond = policy.value(params, bootstrap.observation)
    const nextValue = nextValues(trajectory, value, bootstrap.at, valueBeyond)
    return estimateTargets(config)({ ...trajectory, value, nextValue })
  }

import { gae } from '../rl/gae.ts'
import { lambdaReturn } from '../rl/returns.ts'
import { truncation, type TruncationKind } from '../rl/truncation.ts'
import { whiten } from '../rl/whiten.ts'
import { expectFinite } from '../tensor/check.ts'
import { reshape } from '../tensor/tensor.ts'
import type { Policy, PolicyParams } from './policy.ts'
import { nextValues, type Rollout, type Trajectory } from './rollout.ts'
import { flattenTime, type Samples } from './samples.ts'

/** What a config says of returns and advantages. */
export interface LookBackConfig {
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

/** What an update learns from: a trajectory, with what each step earned and how good that was. */
export const lookBack =
  (config: LookBackConfig) =>
  (trajectory: Trajectory): Samples => {
    const { gamma, lambda, valueLambda, advantage } = config
    const steps = truncation(config.truncation, gamma)(trajectory)

    // Look back: what each step earned, the value targets Gₜ.
    const returns = lambdaReturn({ gamma, lambda: valueLambda ?? lambda })(steps)

    // Compare: how much better than V expected, Âₜ = Gₜ − Vₜ where both look as far ahead.
    const advantages = gae({ gamma, lambda })(steps)
    expectFinite('returns', returns)
    expectFinite('advantages', advantages)

    if (advantage.normalise !== 'batch') return flattenTime(trajectory, returns, advantages)
    const whitened = whiten(advantage)(advantages)
    expectFinite('whitened advantages', whitened)
    return flattenTime(trajectory, returns, whitened)
  }

/**
 * The samples of an epoch after the first, for configs that value a batch anew: returns and
 * advantages by V as it is now, beside what was true when the policy acted.
 * Andrychowicz et al. 2021, arXiv:2006.05990, section 3.5.
 */
export const lookAgain =
  (config: LookBackConfig, policy: Policy, { trajectory, kept }: Rollout) =>
  (params: PolicyParams, batch: Samples): Samples => {
    const beyond = kept?.beyond
    if (beyond === undefined)
      throw new RangeError('rollout: expected what was kept of it, got none: write it step by step')
    const { shape } = trajectory.value
    const value = reshape(policy.value(params, batch.observation), ['time', 'env'], shape)
    const valueBeyond = policy.value(params, beyond.observation)
    const nextValue = nextValues(trajectory, value, beyond, valueBeyond)
    const { returns, advantage } = lookBack(config)({ ...trajectory, value, nextValue })
    return { ...batch, returns, advantage }
  }

import { policyGradient, policyGradientGrad } from '../../rl/loss/policyGradient.ts'
import { map, mean, scale } from '../../tensor/elementwise.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { Samples } from '../samples.ts'
import type { VpgConfig } from './config.ts'

/** Means over the samples of a batch. */
export interface Losses {
  /** −mean log π(a|s) Ψ: its gradient is that of the return, its value says nothing */
  readonly policyLoss: number
  readonly entropy: number
}

/**
 * L(θ) = −mean log π(a|s) Ψ − c_e · mean H, with Ψ the samples' advantage, and ∂L/∂θ by the chain
 * rule, which is 0 in V's parameters.
 */
export const lossGrad =
  ({ entropyCoef }: Pick<VpgConfig, 'entropyCoef'>, policy: Policy) =>
  (params: PolicyParams, batch: Samples): [Losses, PolicyParams] => {
    const n = batch.observation.shape[0]
    const [{ dist, value }, cache] = policy.forward(params, batch.observation, batch.open)
    const logProb = policy.logProb(dist, batch.action)
    const dLogProb = scale(policyGradientGrad(logProb, batch), -1 / n)
    const dDist = policy.distGrad(dist, batch.action, dLogProb, -entropyCoef / n)
    const grads = policy.backward(cache, { dDist, dValue: map(value, () => 0) })
    const policyLoss = -mean(policyGradient(logProb, batch))
    return [{ policyLoss, entropy: mean(policy.entropy(dist)) }, grads]
  }

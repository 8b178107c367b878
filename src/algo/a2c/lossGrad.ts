import { policyGradient, policyGradientGrad } from '../../rl/loss/policyGradient.ts'
import { valueLoss, valueLossGrad } from '../../rl/loss/value.ts'
import { mean, scale } from '../../tensor/elementwise.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { Samples } from '../samples.ts'
import type { A2cConfig } from './config.ts'

/** Means over the samples of a batch. */
export interface Losses {
  /** −mean log π(a|s) Â: its gradient is that of the return, its value says nothing */
  readonly policyLoss: number
  readonly valueLoss: number
  readonly entropy: number
}

const PLAIN = { valueClip: null }

/** L(θ) = −mean log π(a|s) Â + c_v · mean ½ (V − G)² − c_e · mean H, and ∂L/∂θ by the chain rule. */
export const lossGrad =
  ({ valueCoef, entropyCoef }: Pick<A2cConfig, 'valueCoef' | 'entropyCoef'>, policy: Policy) =>
  (params: PolicyParams, batch: Samples): [Losses, PolicyParams] => {
    const n = batch.observation.shape[0]
    const [{ dist, value }, cache] = policy.forward(params, batch.observation, batch.open)
    const logProb = policy.logProb(dist, batch.action)

    const dLogProb = scale(policyGradientGrad(logProb, batch), -1 / n)
    const dValue = scale(valueLossGrad(PLAIN)(value, batch), valueCoef / n)
    const dDist = policy.distGrad(dist, batch.action, dLogProb, -entropyCoef / n)
    const grads = policy.backward(cache, { dDist, dValue })

    const losses = {
      policyLoss: -mean(policyGradient(logProb, batch)),
      valueLoss: mean(valueLoss(PLAIN)(value, batch)),
      entropy: mean(policy.entropy(dist)),
    }
    return [losses, grads]
  }

import { clippedSurrogate, clippedSurrogateGrad } from '../../rl/loss/clippedSurrogate.ts'
import { valueLoss, valueLossGrad } from '../../rl/loss/value.ts'
import { approxKl, clipFraction } from '../../rl/metrics.ts'
import { whiten } from '../../rl/whiten.ts'
import { expectFinite } from '../../tensor/check.ts'
import { mean, scale } from '../../tensor/elementwise.ts'
import { leaves, withFlat } from '../../tensor/params.ts'
import { data, own, size, type Tensor } from '../../tensor/tensor.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import type { Learner, Parts } from './parts.ts'

type PerSample = Tensor<['sample']>

/** What a learning step reads of each sample. */
export interface Samples {
  readonly observation: Tensor<['sample', 'feature']>
  readonly action: PerSample
  readonly oldLogProb: PerSample
  readonly oldValue: PerSample
  readonly advantage: PerSample
  readonly returns: PerSample
}

/** Means over the samples of a minibatch. */
export interface Losses {
  readonly policyLoss: number
  readonly valueLoss: number
  readonly entropy: number
  readonly approxKl: number
  readonly clipFraction: number
}

/** The same and the norm of the gradient before clipping. */
export interface LossMetrics extends Losses {
  readonly gradNorm: number
}

/**
 * L(θ) = −mean L_clip + c_v · mean L_value − c_e · mean H, and ∂L/∂θ by the chain rule:
 * Schulman et al. 2017, arXiv:1707.06347, eq. 9 with the sign of a loss.
 */
export const lossGrad =
  (config: PpoConfig, policy: Policy) =>
  (params: PolicyParams, mb: Samples): [Losses, PolicyParams] => {
    const n = size(mb.action)
    const [{ dist, value }, cache] = policy.forward(params, mb.observation)
    const logProb = policy.logProb(dist, mb.action)

    const dLogProb = scale(clippedSurrogateGrad(config)(logProb, mb), -1 / n)
    const dValue = scale(valueLossGrad(config)(value, mb), config.valueCoef / n)
    const dDist = policy.distGrad(dist, mb.action, dLogProb, -config.entropyCoef / n)
    const grads = policy.backward(cache, { dDist, dValue })

    const losses = {
      policyLoss: -mean(clippedSurrogate(config)(logProb, mb)),
      valueLoss: mean(valueLoss(config)(value, mb)),
      entropy: mean(policy.entropy(dist)),
      approxKl: approxKl(logProb, mb.oldLogProb),
      clipFraction: clipFraction(config, logProb, mb.oldLogProb),
    }
    return [losses, grads]
  }

const normalised = ({ advantage }: PpoConfig, mb: Samples): Samples =>
  advantage.normalise === 'none' ? mb : { ...mb, advantage: whiten(advantage)(mb.advantage) }

/** One optimiser step on one minibatch. */
export const minibatchStep =
  <S>(config: PpoConfig, { policy, optimizer }: Parts<S>) =>
  (samples: Samples) =>
  ({ params, optim }: Learner): [LossMetrics, Learner] => {
    const { kernels } = policy
    const [losses, grads] = lossGrad(config, policy)(params, normalised(config, samples))
    const [step, nextOptim] = optimizer.update(grads.flat, optim, params.flat)
    const gradNorm = nextOptim[0].norm
    if (!Number.isFinite(gradNorm)) {
      leaves(grads.tree).forEach(([path, leaf]) => expectFinite(`gradient of ${path}`, leaf))
      throw new RangeError(`gradient: expected a finite norm, got ${gradNorm}`)
    }
    const flat = kernels.alloc(size(params.flat))
    kernels.vector.add(flat, data(params.flat), data(step))
    expectFinite('parameters', own(['param'], [flat.length], flat))
    return [
      { ...losses, gradNorm },
      { params: withFlat(params.tree, flat), optim: nextOptim },
    ]
  }

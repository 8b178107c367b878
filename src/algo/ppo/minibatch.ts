import { clippedSurrogate, clippedSurrogateGrad } from '../../rl/loss/clippedSurrogate.ts'
import { valueLoss, valueLossGrad } from '../../rl/loss/value.ts'
import { approxKl, clipFraction } from '../../rl/metrics.ts'
import { whiten } from '../../rl/whiten.ts'
import { expectFinite } from '../../tensor/check.ts'
import { mean, scale } from '../../tensor/elementwise.ts'
import { leaves, withFlat } from '../../tensor/params.ts'
import { data, own, size } from '../../tensor/tensor.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import type { Learner, LearnerParts } from './learner.ts'
import { subset, type Samples } from './samples.ts'
import { shardRange } from './shards.ts'

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
 *
 * @param n where the samples are a shard of a minibatch, its number of samples: the means are over
 * those, and the results are this shard's share of them
 */
export const lossGrad =
  (config: PpoConfig, policy: Policy) =>
  (params: PolicyParams, mb: Samples, n = size(mb.action)): [Losses, PolicyParams] => {
    const [{ dist, value }, cache] = policy.forward(params, mb.observation)
    const logProb = policy.logProb(dist, mb.action)

    const dLogProb = scale(clippedSurrogateGrad(config)(logProb, mb), -1 / n)
    const dValue = scale(valueLossGrad(config)(value, mb), config.valueCoef / n)
    const dDist = policy.distGrad(dist, mb.action, dLogProb, -config.entropyCoef / n)
    const grads = policy.backward(cache, { dDist, dValue })

    const share = size(mb.action) / n
    const losses = {
      policyLoss: -mean(clippedSurrogate(config)(logProb, mb)) * share,
      valueLoss: mean(valueLoss(config)(value, mb)) * share,
      entropy: mean(policy.entropy(dist)) * share,
      approxKl: approxKl(logProb, mb.oldLogProb) * share,
      clipFraction: clipFraction(config, logProb, mb.oldLogProb) * share,
    }
    return [losses, grads]
  }

const addLosses = (a: Losses, b: Losses): Losses => ({
  policyLoss: a.policyLoss + b.policyLoss,
  valueLoss: a.valueLoss + b.valueLoss,
  entropy: a.entropy + b.entropy,
  approxKl: a.approxKl + b.approxKl,
  clipFraction: a.clipFraction + b.clipFraction,
})

/** The same, shard by shard, added up in the order of the shards. */
const shardedLossGrad =
  (config: PpoConfig, policy: Policy) =>
  (params: PolicyParams, mb: Samples): [Losses, PolicyParams] => {
    const n = size(mb.action)
    const { alloc, vector } = policy.kernels
    const ofShard = (shard: number): [Losses, PolicyParams] => {
      const [from, to] = shardRange(n, config.shards, shard)
      const rows = Int32Array.from({ length: to - from }, (_, i) => from + i)
      return lossGrad(config, policy)(params, subset(mb, rows), n)
    }
    let [losses, grads] = ofShard(0)
    for (let shard = 1; shard < config.shards; shard++) {
      const [moreLosses, more] = ofShard(shard)
      const sum = alloc(size(grads.flat))
      vector.add(sum, data(grads.flat), data(more.flat))
      losses = addLosses(losses, moreLosses)
      grads = withFlat(grads.tree, sum)
    }
    return [losses, grads]
  }

const normalised = ({ advantage }: PpoConfig, mb: Samples): Samples =>
  advantage.normalise === 'none' ? mb : { ...mb, advantage: whiten(advantage)(mb.advantage) }

/** Throws unless the gradient's norm is finite, and names the parameter whose gradient is not. */
export const expectFiniteGrads = (gradNorm: number, grads: () => PolicyParams): void => {
  if (Number.isFinite(gradNorm)) return
  leaves(grads().tree).forEach(([path, leaf]) => expectFinite(`gradient of ${path}`, leaf))
  throw new RangeError(`gradient: expected a finite norm, got ${gradNorm}`)
}

/** One optimiser step on one minibatch. */
export const minibatchStep =
  (config: PpoConfig, { policy, optimizer }: LearnerParts) =>
  (samples: Samples) =>
  ({ params, optim }: Learner): [LossMetrics, Learner] => {
    const { kernels } = policy
    const [losses, grads] = shardedLossGrad(config, policy)(params, normalised(config, samples))
    const [step, nextOptim] = optimizer.update(grads.flat, optim, params.flat)
    const gradNorm = nextOptim[0].norm
    expectFiniteGrads(gradNorm, () => grads)
    const flat = kernels.alloc(size(params.flat))
    kernels.vector.add(flat, data(params.flat), data(step))
    expectFinite('parameters', own(['param'], [flat.length], flat))
    return [
      { ...losses, gradNorm },
      { params: withFlat(params.tree, flat), optim: nextOptim },
    ]
  }

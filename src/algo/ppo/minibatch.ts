import { surrogate, surrogateGrad } from '../../rl/loss/surrogate.ts'
import { valueLoss, valueLossGrad } from '../../rl/loss/value.ts'
import { approxKl, clipFraction } from '../../rl/metrics.ts'
import type { Param } from '../../distribution/distribution.ts'
import { whiten } from '../../rl/whiten.ts'
import { add, mean, scale } from '../../tensor/elementwise.ts'
import { withFlat } from '../../tensor/params.ts'
import { data, size } from '../../tensor/tensor.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import { oldDistOf } from './kl.ts'
import type { Learner, LearnerParts, StepSize } from '../learner.ts'
import { subset, type Samples } from '../samples.ts'
import { shardRange } from '../shards.ts'
import { takeStep } from '../takeStep.ts'

const rowsOf = ({ observation }: Samples): number => observation.shape[0]

/** KL[π_old, π] of each sample and its gradient in π's parameters; null where nothing is penalised. */
const klPenaltyOf = (
  { klPenalty }: PpoConfig,
  policy: Policy,
  dist: Param<'sample'>,
  mb: Samples,
) => {
  if (klPenalty.kind === 'none') return null
  const oldDist = oldDistOf(mb)
  return { kl: policy.kl(oldDist, dist), grad: policy.klGrad(oldDist, dist) }
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
 * L(θ) = −mean L_policy + β · mean KL[π_old, π] + c_v · mean L_value − c_e · mean H, and ∂L/∂θ by
 * the chain rule: Schulman et al. 2017, arXiv:1707.06347, eq. 9 with the sign of a loss, and eq. 8
 * where there is a penalty.
 *
 * @param config with the clip range and β of the update; a penalty needs the samples' oldDist
 * @param n where the samples are a shard of a minibatch, its number of samples: the means are over
 * those, and the results are this shard's share of them
 */
export const lossGrad =
  (config: PpoConfig, policy: Policy) =>
  (params: PolicyParams, mb: Samples, n = rowsOf(mb)): [Losses, PolicyParams] => {
    const [{ dist, value }, cache] = policy.forward(params, mb.observation, mb.open)
    const logProb = policy.logProb(dist, mb.action)
    const penalty = klPenaltyOf(config, policy, dist, mb)

    const dLogProb = scale(surrogateGrad(config)(logProb, mb), -1 / n)
    const dValue = scale(valueLossGrad(config)(value, mb), config.valueCoef / n)
    const dSurrogate = policy.distGrad(dist, mb.action, dLogProb, -config.entropyCoef / n)
    const dDist =
      penalty === null
        ? dSurrogate
        : add(dSurrogate, scale(penalty.grad, config.klPenalty.beta / n))
    const grads = policy.backward(cache, { dDist, dValue })

    const share = rowsOf(mb) / n
    const klCost = penalty === null ? 0 : config.klPenalty.beta * mean(penalty.kl)
    const losses = {
      policyLoss: (-mean(surrogate(config)(logProb, mb)) + klCost) * share,
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
    const n = rowsOf(mb)
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
  advantage.normalise === 'minibatch' ? { ...mb, advantage: whiten(advantage)(mb.advantage) } : mb

/** One optimiser step on one minibatch. */
export const minibatchStep =
  (config: PpoConfig, { policy, optimizer }: LearnerParts) =>
  (samples: Samples, size: StepSize) =>
  (learner: Learner): [LossMetrics, Learner] => {
    const mb = normalised(config, samples)
    const [losses, grads] = shardedLossGrad(config, policy)(learner.params, mb)
    const [gradNorm, next] = takeStep(policy.kernels, optimizer(size))(grads)(learner)
    return [{ ...losses, gradNorm }, next]
  }

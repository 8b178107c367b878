import type { Param } from '../../distribution/distribution.ts'
import { adaptLearningRate } from '../../optim/adaptLearningRate.ts'
import { k1, k2, k3 } from '../../rl/kl.ts'
import { adaptBeta } from '../../rl/loss/klPenalty.ts'
import { mean } from '../../tensor/elementwise.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import type { Samples } from '../samples.ts'

const ESTIMATORS = { k1, k2, k3 } as const

/** Whether a config compares whole distributions, which asks for the parameters of π_old. */
export const comparesDists = ({
  klPenalty,
  klStop,
  learningRateSchedule,
}: Pick<PpoConfig, 'klPenalty' | 'klStop' | 'learningRateSchedule'>): boolean =>
  klPenalty.kind !== 'none' ||
  learningRateSchedule === 'adaptive' ||
  (klStop.target !== null && klStop.estimator === 'exact')

/** The samples with the parameters of π_old, by the network that acted. */
export const withOldDist = (policy: Policy, params: PolicyParams, samples: Samples): Samples => {
  const [{ dist }] = policy.forward(params, samples.observation, samples.open)
  return { ...samples, oldDist: dist }
}

/** @throws RangeError where the samples do not have it */
export const oldDistOf = ({ oldDist }: Samples): Param<'sample'> => {
  if (oldDist === undefined)
    throw new RangeError('oldDist: expected the parameters of π_old, got none: see withOldDist')
  return oldDist
}

/** KL[π_old, π], the mean over samples: exact, or by an estimator. */
export const klDivergence =
  (policy: Policy, estimator: PpoConfig['klStop']['estimator']) =>
  (params: PolicyParams, samples: Samples): number => {
    const [{ dist }] = policy.forward(params, samples.observation, samples.open)
    if (estimator === 'exact') return mean(policy.kl(oldDistOf(samples), dist))
    return mean(ESTIMATORS[estimator](policy.logProb(dist, samples.action), samples.oldLogProb))
  }

/** What the KL from the policy that acted decides while a batch is learned from. */
export const klRules = (config: PpoConfig, policy: Policy) => {
  const { klStop, klPenalty, learningRateSchedule, adaptiveRate } = config
  const exact = klDivergence(policy, 'exact')
  const estimate = klDivergence(policy, klStop.estimator)
  return {
    /** The policy has moved further than it may in one update. */
    isTooFar: (params: PolicyParams, samples: Samples): boolean =>
      klStop.target !== null && estimate(params, samples) > klStop.factor * klStop.target,

    /** The learning rate of a minibatch's step, after that of the one before. */
    rate: (before: number, params: PolicyParams, samples: Samples): number =>
      learningRateSchedule === 'adaptive'
        ? adaptLearningRate(adaptiveRate)(before, exact(params, samples))
        : before,

    /** The penalty's weight in the next update. */
    beta: (before: number, params: PolicyParams, batch: Samples): number =>
      klPenalty.kind === 'adaptive' ? adaptBeta(klPenalty)(before, exact(params, batch)) : before,
  }
}

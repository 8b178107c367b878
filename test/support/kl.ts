import { oldDist } from '../../src/algo/objective.ts'
import type { Policy, PolicyParams } from '../../src/algo/policy.ts'
import type { Samples } from '../../src/algo/samples.ts'
import { k1, k2, k3 } from '../../src/rl/kl.ts'
import { mean } from '../../src/tensor/index.ts'

const estimators = { k1, k2, k3 } as const

/** Samples with the parameters of π_old, which acted with these `params`. */
export const withOldParam = (policy: Policy, params: PolicyParams, samples: Samples): Samples => {
  const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
  return { ...samples, oldParam: dist.param }
}

/** The mean KL[π_old, π] over samples: exact, from the parameters of π_old, or estimated. */
export const klDivergence =
  (policy: Policy, estimator: keyof typeof estimators | 'exact') =>
  (params: PolicyParams, samples: Samples): number => {
    const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
    return mean(
      estimator === 'exact'
        ? oldDist(policy, samples, policy.machine).kl(dist)
        : estimators[estimator](dist.logProb(samples.action), samples.oldLogProb),
    )
  }

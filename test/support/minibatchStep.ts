import type { Learner } from '../../src/algo/learner.ts'
import { lossGrad } from '../../src/algo/lossGrad.ts'
import type { Losses } from '../../src/algo/objective.ts'
import { optimizerFor } from '../../src/algo/optimizer.ts'
import type { Policy } from '../../src/algo/policy.ts'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { liveRates, type Rates } from '../../src/algo/rates.ts'
import type { Samples } from '../../src/algo/samples.ts'
import { whiten } from '../../src/rl/index.ts'
import { data, of, take, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'

/** Those samples, in that order. */
export const subset = (samples: Samples, index: ArrayLike<number>): Samples => {
  const rows = of(['sample'], [index.length], Int32Array.from(index))
  const taken = Object.entries(samples as unknown as { readonly [name: string]: Tensor }).map(
    ([name, leaf]) => [name, take(leaf, rows)] as const,
  )
  return Object.fromEntries(taken) as unknown as Samples
}

/** One step by a minibatch as its gradient and the optimiser make it, in one shard. */
export const minibatchStep =
  (config: PpoConfig, policy: Policy) =>
  (samples: Samples, rates: Rates) =>
  (learner: Learner): [Losses & { readonly gradNorm: number }, Learner] => {
    const { params } = learner
    const advantage =
      config.advantage.normalise === 'minibatch'
        ? whiten(config.advantage)(samples.advantage)
        : samples.advantage
    const { clip, valueClip, beta } = rates
    const [losses, grads] = lossGrad(
      { ...config, clip, valueClip, klPenalty: { ...config.klPenalty, beta } },
      policy,
    )(params, {
      ...samples,
      advantage,
    })
    const live = { ...liveRates(), ...rates }
    const optimizer = optimizerFor(policy.machine, config, policy.network.valueParams, live)
    const [step, optim] = optimizer.update(grads.flat, learner.optim)
    const [from, by] = [data(params.flat), data(step)]
    const moved = policy.machine.alloc(from.length)
    policy.machine.vector.add(moved, from, by)
    return [
      { ...losses, gradNorm: optim[0].norm },
      { ...learner, params: withFlat(params.tree, moved), optim },
    ]
  }

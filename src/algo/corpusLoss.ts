import { operation } from '../kernel/machine.ts'
import { leaves, withFlat } from '../tensor/params.ts'
import { data, own, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Place } from './descent.ts'
import type { PolicyForward, PolicyObjective } from './objective.ts'
import type { Policy } from './policy.ts'
import type { LossFields, Samples } from './samples.ts'

/** Adds −Σ w log p / n of each shard to its policy loss; ∂/∂log p = −w / n. */
const weigh = operation(
  'corpusLoss',
  (
    _,
    dLogProb: Floats,
    { n, shards, losses, width, at }: Place,
    logProb: ReadonlyNumbers,
    weight: ReadonlyNumbers,
  ) => {
    let out = at()
    for (const [from, to] of shards) {
      let sum = 0
      for (let i = from; i < to; i++) sum -= weight[i]! * logProb[i]!
      losses[out] = losses[out]! + sum / n
      out += width
    }
    for (let i = 0; i < dLogProb.length; i++) dLogProb[i] = -weight[i]! / n
  },
)

const required = <K extends keyof Samples>(samples: Samples, name: K): NonNullable<Samples[K]> => {
  const found = samples[name]
  if (found === undefined)
    throw new RangeError(
      `${name}: expected one per sample, because the loss has a corpus, got none: add it`,
    )
  return found
}

/**
 * Adds −mean w log π(next | context) to an objective: the cross-entropy of a token of a corpus that each
 * sample carries, so that a policy over tokens does not forget what it was pretrained on. With w = γ it is the last
 * term of Ouyang et al. 2022, arXiv:2203.02155, eq. 2, per token.
 *
 * Its gradient goes back through the network by itself, and is then added to that of the samples, a shard at
 * a time.
 *
 * @returns the objective itself where the config has no such term
 */
export const withCorpusLoss = (
  { corpusLoss = false }: LossFields,
  policy: Policy,
  objective: PolicyObjective<PolicyForward>,
): PolicyObjective<PolicyForward> => {
  if (!corpusLoss) return objective
  return (machine, tree, samples, place) => {
    const forward = objective(machine, tree, samples, place)
    const context = required(samples, 'corpusContext')
    const next = required(samples, 'corpusNext')
    const weight = required(samples, 'corpusWeight')
    const [rows] = context.shape
    const [{ dist }, cache] = policy.forward({ tree }, context, null, machine)
    const d = own(['sample'], [rows], machine.alloc(rows))
    machine.run(weigh, data(d) as Floats, place, data(dist.logProb(next)), data(weight))
    return {
      ...forward,
      differentiate: (back) => ({
        ...forward.differentiate(back),
        dCorpus: dist.logProbGrad(next, d),
      }),
      backward: (back, grads, shards) => {
        forward.backward(back, grads, shards)
        const own = shards.map(({ from, to }) => ({
          from,
          to,
          grads: withFlat(tree, back.alloc(policy.network.paramCount)).tree,
        }))
        policy.backward(cache, { dParam: grads.dCorpus ?? null, dValue: null }, own, back)
        shards.forEach((shard, s) => {
          const more = leaves(own[s]!.grads)
          leaves(shard.grads).forEach(([, leaf], i) => {
            const sum = data(leaf) as Floats
            back.vector.add(sum, sum, data(more[i]![1]))
          })
        })
      },
    }
  }
}

import type { LossGrad } from '../algo/fit.ts'
import { categorical } from '../distribution/categorical.ts'
import { operation } from '../kernel/machine.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import { data, own, reshape, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { TokenSamples } from './context.ts'
import type { LanguageModel } from './languageModel.ts'

/** Lᵢ = −wᵢ log pᵢ and ∂(Σ L / n)/∂ log pᵢ = −wᵢ / n */
const weigh = operation(
  'nextToken.weigh',
  (_, loss: Floats, d: Floats, logProb: ReadonlyNumbers, weight: ReadonlyNumbers, n: number) => {
    for (let i = 0; i < loss.length; i++) {
      loss[i] = -weight[i]! * logProb[i]!
      d[i] = -weight[i]! / n
    }
  },
)

/**
 * The cross-entropy of a language model: −w log p(next | context) of each sample, in nats. Bengio
 * et al. 2003, "A neural probabilistic language model".
 *
 * With L = −w log softmax(z)ₐ, ∂L/∂zⱼ = w (pⱼ − 1[j = a]): see `categorical`. The gradient then
 * goes back through the layers. `n` is the number of samples of the whole minibatch, >= 1, where
 * the samples are a shard of it.
 */
export const nextTokenLoss =
  ({
    logits,
    network,
  }: Pick<LanguageModel, 'logits' | 'network'>): LossGrad<TokenMlp, TokenSamples> =>
  (machine, tree, { context, next, weight }, n) => {
    const [rows] = context.shape
    const [param, cache] = logits(machine, tree, context)
    const dist = categorical.at(param, null, machine)
    const [loss, d] = [machine.alloc(rows), machine.alloc(rows)]
    machine.run(weigh, loss, d, data(dist.logProb(next)), data(weight), n)
    const dParam = dist.logProbGrad(next, own(['sample'], [rows], d))
    return {
      loss: own(['sample'], [rows], loss),
      backward: (back, shards) =>
        void network.backward(
          back,
          shards,
          tree,
          cache,
          reshape(dParam, ['sample', 'feature'], [rows, network.outputs]),
          false,
        ),
    }
  }

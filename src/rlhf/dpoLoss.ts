import type { LossGrad } from '../algo/fit.ts'
import { categorical } from '../distribution/categorical.ts'
import { operation } from '../kernel/machine.ts'
import { rowShards } from '../nn/layer.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import {
  data,
  own,
  reshape,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Comparison } from './comparison.ts'
import { rankPairs } from './comparisonLoss.ts'
import { layComparisons, layoutOf, type ComparisonSamples } from './comparisonSamples.ts'
import type { LanguageModel } from './languageModel.ts'
import type { LogProbs } from './sequenceLogProbs.ts'

/** Comparisons whose contexts end before each token, and whose counts are β. */
export type DpoSamples = ComparisonSamples & {
  /** the token, i32 [sample, response, token] */
  readonly next: Tensor<['sample', 'response', 'token']>
  /** log ρ(token | context); 0 where there is no token */
  readonly reference: Tensor<['sample', 'response', 'token']>
}

/**
 * Arranges comparisons as samples for `dpoLoss` (Rafailov et al. 2023, arXiv:2305.18290). A batch
 * size that does not divide their number adds samples of weight 0, as `tokenSamples` does.
 *
 * @param beta β > 0, the weight of each token's log π − log ρ
 * @param reference log ρ of the tokens of each response, including EOS, by comparison and rank
 * @param batch samples of a minibatch, a whole number >= 1
 */
export const dpoSamples = (
  { vocabulary, config: { window } }: Pick<LanguageModel, 'vocabulary' | 'config'>,
  comparisons: readonly Comparison[],
  beta: number,
  reference: ReadonlyArray<readonly LogProbs[]>,
  batch = 1,
  dtype: 'f32' | 'f64' = 'f32',
): DpoSamples => {
  const [most, longest] = layoutOf(comparisons)
  const n = Math.ceil(comparisons.length / batch) * batch
  const size = n * most * longest
  const next = new Int32Array(size)
  const rho: Floats = dtype === 'f32' ? new Float32Array(size) : new Float64Array(size)
  const samples = layComparisons(
    { vocabulary, window, context: 'before', countOf: () => beta, batch, dtype },
    comparisons,
    (place, token, sample, response, at) => {
      next[place] = token
      rho[place] = reference[sample]![response]![at]!
    },
  )
  return {
    ...samples,
    next: own(['sample', 'response', 'token'], [n, most, longest], next),
    reference: own(['sample', 'response', 'token'], [n, most, longest], rho),
  }
}

const compare = operation(
  'dpo.compare',
  (_, out: Floats, logProb: ReadonlyNumbers, reference: ReadonlyNumbers) => {
    for (let i = 0; i < out.length; i++) out[i] = logProb[i]! - reference[i]!
  },
)

/**
 * Direct preference optimisation: the mean of −log σ(β [(log π_w − log ρ_w) − (log π_l − log ρ_l)])
 * over all pairs of each comparison. The log π of a response is the sum over its tokens and EOS.
 * Rafailov et al. 2023, arXiv:2305.18290, eq. 7.
 *
 * It is the loss of a reward model whose scalar of a token is hₜ = β (log πₜ − log ρₜ). So with the
 * margin d = Σ h_w − Σ h_l, ∂L/∂log πₜ is −β σ(−d) for the tokens of w and β σ(−d) for those of l.
 * The gradient then goes back through the softmax and the layers.
 *
 * `n` is the number of samples of the whole minibatch, >= 1, where the samples are a shard of it.
 */
export const dpoLoss =
  ({
    logits,
    network,
  }: Pick<LanguageModel, 'logits' | 'network'>): LossGrad<TokenMlp, DpoSamples> =>
  (machine, tree, { context, next, reference, counts, responses, weight }, n) => {
    const [samples, most, longest, window] = context.shape
    const each = most * longest
    const rows = samples * each
    const [param, cache] = logits(
      machine,
      tree,
      reshape(context, ['row', 'feature'], [rows, window]),
    )
    const dist = categorical.at(param, null, machine)
    const token = reshape(next, ['row'], [rows])
    const [loss, scalar, d] = [machine.alloc(samples), machine.alloc(rows), machine.alloc(rows)]
    machine.run(compare, scalar, data(dist.logProb(token)), data(reference))
    const table = {
      counts: data(counts),
      responses: data(responses),
      weight: data(weight),
      most,
      longest,
    }
    machine.run(rankPairs, loss, d, scalar, table, n)
    const dParam = dist.logProbGrad(token, own(['row'], [rows], d))
    return {
      loss: own(['sample'], [samples], loss),
      backward: (back, shards) =>
        void network.backward(
          back,
          rowShards(shards, each),
          tree,
          cache,
          reshape(dParam, ['row', 'feature'], [rows, network.outputs]),
          false,
        ),
    }
  }

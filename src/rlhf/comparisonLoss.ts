import type { LossGrad } from '../algo/fit.ts'
import { operation } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
import { rowShards } from '../nn/layer.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import { data, own, reshape, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { ComparisonSamples } from './comparisonSamples.ts'
import type { RewardModel } from './rewardModel.ts'

/** log(1 + e^−d) */
export const softplusOfMinus = (d: number): number =>
  (d < 0 ? -d : 0) + f64.log1p(f64.exp(d < 0 ? d : -d))

/**
 * The mean of −log σ(r_w − r_l) over all pairs of each comparison, and its derivative in the scalar of each
 * token, with r the sum of a response's scalars by their counts: ∂ log(1 + e^−d)/∂d = −1 / (1 + e^d).
 */
export const rankPairs = operation(
  'comparison.rank',
  (
    _,
    loss: Floats,
    dScalar: Floats,
    scalar: ReadonlyNumbers,
    {
      counts,
      responses,
      weight,
      most,
      longest,
    }: {
      readonly counts: ReadonlyNumbers
      readonly responses: ReadonlyNumbers
      readonly weight: ReadonlyNumbers
      readonly most: number
      readonly longest: number
    },
    n: number,
  ) => {
    const reward = new Float64Array(most)
    const dReward = new Float64Array(most)
    for (let i = 0; i < loss.length; i++) {
      const members = responses[i]!
      const first = i * most * longest
      reward.fill(0)
      dReward.fill(0)
      for (let k = 0; k < members; k++)
        for (let at = first + k * longest; at < first + (k + 1) * longest; at++)
          reward[k] = reward[k]! + counts[at]! * scalar[at]!
      const pairs = (members * (members - 1)) / 2
      let sum = 0
      for (let better = 0; better < members; better++)
        for (let worse = better + 1; worse < members; worse++) {
          const d = reward[better]! - reward[worse]!
          sum += softplusOfMinus(d)
          const g = -1 / (1 + f64.exp(d)) / pairs
          dReward[better] = dReward[better]! + g
          dReward[worse] = dReward[worse]! - g
        }
      loss[i] = members < 2 ? 0 : (weight[i]! * sum) / pairs
      for (let k = 0; k < most; k++)
        for (let at = first + k * longest; at < first + (k + 1) * longest; at++)
          dScalar[at] = (counts[at]! * dReward[k]! * weight[i]!) / n
    }
  },
)

/**
 * The loss of a reward model on comparisons: the mean of −log σ(r_w − r_l) over all pairs of each.
 * Ouyang et al. 2022, arXiv:2203.02155, eq. 1.
 *
 * `n` is the number of samples of the whole minibatch, >= 1, where the samples are a shard of it.
 */
export const comparisonLoss =
  ({ network }: Pick<RewardModel, 'network'>): LossGrad<TokenMlp, ComparisonSamples> =>
  (machine, tree, { context, counts, responses, weight }, n) => {
    const [samples, most, longest, window] = context.shape
    const each = most * longest
    const rows = samples * each
    const [scalar, cache] = network.forward(
      machine,
      tree,
      reshape(context, ['row', 'feature'], [rows, window]),
    )
    const [loss, dScalar] = [machine.alloc(samples), machine.alloc(rows)]
    const table = {
      counts: data(counts),
      responses: data(responses),
      weight: data(weight),
      most,
      longest,
    }
    machine.run(rankPairs, loss, dScalar, data(scalar), table, n)
    return {
      loss: own(['sample'], [samples], loss),
      backward: (back, shards) =>
        void network.backward(
          back,
          rowShards(shards, each),
          tree,
          cache,
          own(['row', 'feature'], [rows, 1], dScalar),
          false,
        ),
    }
  }

import type { LossGrad } from '../algo/fit.ts'
import { operation } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
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
import { writeContext } from './context.ts'
import type { RewardModel } from './rewardModel.ts'
import { tokenIds } from './vocabulary.ts'

/** Comparisons side by side: room for the most responses, and for the longest of them with its EOS. */
export type ComparisonSamples = {
  /** contexts that end with each token, i32 [sample, response, token, feature=window] */
  readonly context: Tensor<['sample', 'response', 'token', 'feature']>
  /** the weight of each token's scalar in the reward; 0 where there is no token */
  readonly counts: Tensor<['sample', 'response', 'token']>
  /** how many responses there are, i32 */
  readonly responses: Tensor<['sample']>
  /** weight in the loss */
  readonly weight: Tensor<['sample']>
}

/**
 * Lays comparisons out. A batch size that does not divide their number adds samples of weight 0, as
 * `tokenSamples` does.
 */
export const comparisonSamples = (
  { vocabulary, config: { window, scalar } }: Pick<RewardModel, 'vocabulary' | 'config'>,
  comparisons: readonly Comparison[],
  batch = 1,
  dtype: 'f32' | 'f64' = 'f32',
): ComparisonSamples => {
  const ids = tokenIds(vocabulary)
  const most = Math.max(...comparisons.map(({ ranked }) => ranked.length))
  const longest =
    1 + Math.max(...comparisons.flatMap(({ ranked }) => ranked.map(({ length }) => length)))
  const count = comparisons.length
  const n = Math.ceil(count / batch) * batch
  const floats = (length: number): Floats =>
    dtype === 'f32' ? new Float32Array(length) : new Float64Array(length)
  const context = new Int32Array(n * most * longest * window).fill(ids.pad)
  const counts = floats(n * most * longest)
  const responses = new Int32Array(n)
  const weight = floats(n).fill(n / count, 0, count)
  comparisons.forEach(({ ranked }, sample) => {
    responses[sample] = ranked.length
    ranked.forEach((response, k) => {
      const whole = [...response, ids.eos]
      for (let at = 0; at < whole.length; at++) {
        const row = (sample * most + k) * longest + at
        writeContext(context, row * window, whole, at + 1, window, ids)
        counts[row] = scalar === 'sum' || at === whole.length - 1 ? 1 : 0
      }
    })
  })
  return {
    context: own(['sample', 'response', 'token', 'feature'], [n, most, longest, window], context),
    counts: own(['sample', 'response', 'token'], [n, most, longest], counts),
    responses: own(['sample'], [n], responses),
    weight: own(['sample'], [n], weight),
  }
}

/** log(1 + e^−d) */
export const softplusOfMinus = (d: number): number =>
  (d < 0 ? -d : 0) + f64.log1p(f64.exp(d < 0 ? d : -d))

// ∂ log(1 + e^−d)/∂d = −1 / (1 + e^d)
const rank = operation(
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
    machine.run(rank, loss, dScalar, data(scalar), table, n)
    return {
      loss: own(['sample'], [samples], loss),
      backward: (back, shards) =>
        void network.backward(
          back,
          shards.map(({ from, to, grads }) => ({ from: from * each, to: to * each, grads })),
          tree,
          cache,
          own(['row', 'feature'], [rows, 1], dScalar),
          false,
        ),
    }
  }

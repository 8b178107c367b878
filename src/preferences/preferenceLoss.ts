import type { LossGrad } from '../algo/fit.ts'
import { operation } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
import { rowShards } from '../nn/layer.ts'
import type { Mlp } from '../nn/mlp.ts'
import { softplusOfMinus } from '../rlhf/comparisonLoss.ts'
import {
  allocate,
  data,
  own,
  reshape,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Preference } from './labeller.ts'
import type { RewardNetwork } from './rewardNetwork.ts'
import { inputSize, writeClip, type InputScale } from './stepInputs.ts'

/** Preferences side by side: the steps of the chosen clip, then those of the rejected one. */
export type PreferenceSamples = {
  /** [sample, clip=2, step=L, feature] */
  readonly input: Tensor<['sample', 'clip', 'step', 'feature']>
  /** weight in the loss */
  readonly weight: Tensor<['sample']>
}

/**
 * Arranges preferences as samples for `preferenceLoss` (Christiano et al. 2017, arXiv:1706.03741).
 * If the batch size does not divide their number, samples of weight 0 fill the last minibatch. The
 * others then weigh more, so that the mean over all samples is the mean over the preferences.
 *
 * @param batch samples of a minibatch, a whole number >= 1
 */
export const preferenceSamples = (
  { form }: Pick<RewardNetwork, 'form'>,
  scale: InputScale,
  preferences: readonly Preference[],
  batch = 1,
  dtype: 'f32' | 'f64' = 'f32',
): PreferenceSamples => {
  const size = inputSize(form)
  const each = form.length * size
  const count = preferences.length
  const n = Math.ceil(count / batch) * batch
  const input = allocate(dtype, n * 2 * each) as Floats
  const weight = (allocate(dtype, n) as Floats).fill(n / count, 0, count)
  preferences.forEach(({ chosen, rejected }, sample) => {
    writeClip(input, 2 * sample * each, form, scale, chosen)
    writeClip(input, (2 * sample + 1) * each, form, scale, rejected)
  })
  return {
    input: own(['sample', 'clip', 'step', 'feature'], [n, 2, form.length, size], input),
    weight: own(['sample'], [n], weight),
  }
}

// With d = Σ r̂(chosen) − Σ r̂(rejected): L = w log(1 + e^−d), ∂L/∂d = −w / (1 + e^d), and each
// step of the chosen clip has ∂d/∂r̂ = 1, each of the rejected one −1.
const compare = operation(
  'preference.compare',
  (
    _,
    loss: Floats,
    dScalar: Floats,
    scalar: ReadonlyNumbers,
    weight: ReadonlyNumbers,
    length: number,
    n: number,
  ) => {
    for (let i = 0; i < loss.length; i++) {
      const first = 2 * i * length
      let d = 0
      for (let t = 0; t < length; t++) d += scalar[first + t]! - scalar[first + length + t]!
      loss[i] = weight[i]! * softplusOfMinus(d)
      const g = -weight[i]! / (1 + f64.exp(d)) / n
      dScalar.fill(g, first, first + length)
      dScalar.fill(-g, first + length, first + 2 * length)
    }
  },
)

/**
 * The loss of a reward network on preferences: the mean of −log σ(Σ r̂(chosen) − Σ r̂(rejected)). Sums
 * are over the L steps of each clip, including those spent in "episode over". Bradley and Terry 1952;
 * Christiano et al. 2017, arXiv:1706.03741, eq. 1.
 *
 * `n` is the number of samples of the whole minibatch, >= 1, where the samples are a shard of it.
 */
export const preferenceLoss =
  ({ network }: Pick<RewardNetwork, 'network'>): LossGrad<Mlp, PreferenceSamples> =>
  (machine, tree, { input, weight }, n) => {
    const [samples, , length, features] = input.shape
    const each = 2 * length
    const rows = samples * each
    const [scalar, cache] = network.forward(
      machine,
      tree,
      reshape(input, ['row', 'feature'], [rows, features]),
    )
    const [loss, dScalar] = [machine.alloc(samples), machine.alloc(rows)]
    machine.run(compare, loss, dScalar, data(scalar), data(weight), length, n)
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

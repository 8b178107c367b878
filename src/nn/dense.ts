import type { Key } from '../random/key.ts'
import type { Kernels } from '../kernel/kernels.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { orthogonal } from './orthogonal.ts'

/** y = f(x W + b) */
export type Dense = {
  readonly weight: Tensor<['in', 'out']>
  readonly bias: Tensor<['out']>
}

export type Batch<B extends string> = Tensor<[B, 'feature']>

/** What a layer remembers from forward to backward. */
export interface DenseCache {
  readonly input: ReadonlyNumbers
  readonly output: ReadonlyNumbers
}

/** Orthogonal weights of the given gain and zero biases. */
export const init = (
  { alloc, dtype }: Kernels,
  key: Key,
  inputs: number,
  outputs: number,
  gain: number,
): Dense => ({
  weight: orthogonal(key, inputs, outputs, gain, dtype),
  bias: own(['out'], [outputs], alloc(outputs)),
})

/** x [B, in] → [B, out], through tanh or not. */
export const forward = <B extends string>(
  { alloc, dense, matmul }: Kernels,
  { weight, bias }: Dense,
  x: Batch<B>,
  activation: 'tanh' | 'linear',
): [Batch<B>, DenseCache] => {
  const [inputs, outputs] = weight.shape
  const rows = x.shape[0]
  const input = data(expectShape('x', x, [x.dims[0], 'feature'], [rows, inputs]))
  const y = alloc(rows * outputs)
  const apply = activation === 'tanh' ? dense.affineTanh : matmul.nn
  apply(y, input, data(weight), data(bias), rows, inputs, outputs)
  return [own([x.dims[0], 'feature'], [rows, outputs], y), { input, output: y }]
}

const throughTanh = ({ alloc, dense }: Kernels, dy: ReadonlyNumbers, y: ReadonlyNumbers) => {
  const dz = alloc(dy.length)
  dense.tanhBackward(dz, dy, y)
  return dz
}

/**
 * From dL/dy the gradients of weight and bias, and dL/dx where it is wanted.
 * With z = x W + b and y = tanh z: dz = dy ∘ (1 − y²), dW = xᵀ dz, db = Σ dz, dx = dz Wᵀ.
 */
export const backward = (
  kernels: Kernels,
  { weight }: Dense,
  { input, output }: DenseCache,
  dy: ReadonlyNumbers,
  activation: 'tanh' | 'linear',
  wantsInput: boolean,
): { readonly grads: Dense; readonly dx: ReadonlyNumbers | null } => {
  const { alloc, dense } = kernels
  const [inputs, outputs] = weight.shape
  const rows = dy.length / outputs
  const dz = activation === 'tanh' ? throughTanh(kernels, dy, output) : dy
  const dx = wantsInput ? alloc(rows * inputs) : null
  const dw = alloc(inputs * outputs)
  const db = alloc(outputs)
  dense.affineBackward(dx, dw, db, dz, input, data(weight), rows, inputs, outputs)
  const grads = {
    weight: own(['in', 'out'], [inputs, outputs], dw),
    bias: own(['out'], [outputs], db),
  }
  return { grads, dx }
}

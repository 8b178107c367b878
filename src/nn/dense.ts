import type { Key } from '../random/key.ts'
import type { Kernels } from '../kernel/kernels.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { fanIn } from './fanIn.ts'
import { orthogonal } from './orthogonal.ts'

/** y = f(x W + b) */
export type Dense = {
  readonly weight: Tensor<['in', 'out']>
  readonly bias: Tensor<['out']>
}

export type Batch<B extends string> = Tensor<[B, 'feature']>

export type Activation = 'tanh' | 'linear'

/** How weights start: `orthogonal` of some gain, or PyTorch's uniform `fanIn`, which has none. */
export type WeightInit = 'orthogonal' | 'fanIn'

/** What a layer remembers from forward to the derivatives. */
export interface DenseCache<B extends string = string> {
  /** the name of its rows */
  readonly rowName: B
  readonly input: ReadonlyNumbers
  readonly output: ReadonlyNumbers
}

/** Orthogonal weights of the given gain and zero biases; or both uniform, whatever the gain. */
export const init = (
  { alloc, dtype }: Kernels,
  key: Key,
  inputs: number,
  outputs: number,
  gain: number,
  weights: WeightInit = 'orthogonal',
): Dense =>
  weights === 'fanIn'
    ? fanIn(key, inputs, outputs, dtype)
    : {
        weight: orthogonal(key, inputs, outputs, gain, dtype),
        bias: own(['out'], [outputs], alloc(outputs)),
      }

/** x [B, in] → [B, out], through tanh or not. */
export const forward = <B extends string>(
  { alloc, dense, matmul }: Kernels,
  { weight, bias }: Dense,
  x: Batch<B>,
  activation: Activation,
): [Batch<B>, DenseCache<B>] => {
  const [inputs, outputs] = weight.shape
  const rows = x.shape[0]
  const input = data(expectShape('x', x, [x.dims[0], 'feature'], [rows, inputs]))
  const y = alloc(rows * outputs)
  const apply = activation === 'tanh' ? dense.affineTanh : matmul.nn
  apply(y, input, data(weight), data(bias), rows, inputs, outputs)
  const cache = { rowName: x.dims[0], input, output: y }
  return [own([x.dims[0], 'feature'], [rows, outputs], y), cache]
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
  activation: Activation,
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

/**
 * How the output moves when parameters and input do, in a direction dW, db, dx. By the product
 * rule of z = x W + b: dz = dx W + x dW + db, and dy = dz ∘ (1 − y²) through tanh.
 * Forward mode, the R-operator of Pearlmutter 1994, "Fast exact multiplication by the Hessian".
 *
 * @param tangent dW and db
 * @param dx null where the input stands still
 */
export const jvp = <B extends string>(
  kernels: Kernels,
  { weight }: Dense,
  tangent: Dense,
  { rowName, input, output }: DenseCache<B>,
  dx: Batch<B> | null,
  activation: Activation,
): Batch<B> => {
  const { alloc, dense, matmul, vector } = kernels
  const [inputs, outputs] = weight.shape
  const rows = output.length / outputs
  const dWeight = data(expectShape('tangent.weight', tangent.weight, ['in', 'out'], weight.shape))
  const dBias = data(expectShape('tangent.bias', tangent.bias, ['out'], [outputs]))
  const dz = alloc(rows * outputs)
  matmul.nn(dz, input, dWeight, dBias, rows, inputs, outputs)
  if (dx !== null) {
    const through = alloc(rows * outputs)
    matmul.nn(through, data(dx), data(weight), null, rows, inputs, outputs)
    vector.add(dz, through, dz)
  }
  if (activation === 'tanh') dense.tanhBackward(dz, dz, output)
  return own([rowName, 'feature'], [rows, outputs], dz)
}

import type { Machine } from '../kernel/machine.ts'
import type { Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import {
  allocate,
  data,
  own,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import { affine, throughActivation, type Activation } from './activation.ts'
import { filled, leaf, rowsOf, type Batch, type Layer } from './layer.ts'
import { orthogonal } from './orthogonal.ts'
import { torchLinear } from './torchLinear.ts'

/** Parameters of y = f(x W + b). */
export type Dense = {
  readonly weight: Tensor<['in', 'out']>
  readonly bias: Tensor<['out']>
}

/**
 * How weights start: `orthogonal` of some gain with biases of 0, or `fanIn`, PyTorch's uniform
 * weights and biases, which have no gain (see `torchLinear`).
 */
export type WeightInit = 'orthogonal' | 'fanIn'

/** The settings of a dense layer: its activation and its first weights. */
export interface DenseOptions {
  /** `tanh` by default */
  readonly activation?: Activation
  /** length of each orthogonal vector of weights; 1 by default */
  readonly gain?: number
  /** `orthogonal` by default */
  readonly weights?: WeightInit
}

/** What a dense layer keeps from forward to the derivatives. */
export interface DenseCache {
  readonly x: Batch<string>
  /** y, or z = x W + b: whichever the derivative of the activation is computed from */
  readonly kept: ReadonlyNumbers
}

const start = (key: Key, inputs: number, outputs: number, gain: number, dtype: 'f32' | 'f64') => ({
  weight: orthogonal(key, inputs, outputs, gain, dtype),
  bias: own(['out'], [outputs], allocate(dtype, outputs)),
})

/**
 * A dense layer y = f(x W + b), x [B, inputs] → y [B, outputs], with W [inputs, outputs] and
 * b [outputs].
 *
 * With z = x W + b and dz = dy ∘ f′(z), backward is dW = xᵀ dz, db = Σ dz and dx = dz Wᵀ: products
 * start from the bias (or 0) and add in rising inner index, sums over rows in rising row.
 * By the product rule, jvp is dz = dx W + x dW + db and dy = dz ∘ f′(z): the R-operator of
 * Pearlmutter 1994, "Fast exact multiplication by the Hessian".
 *
 * @param inputs numbers in a row of x, >= 1
 * @param outputs numbers in a row of y, >= 1
 * @throws RangeError from `forward`, `backward` and `jvp`, when parameters, x or dy have another shape
 */
export const dense = (
  inputs: number,
  outputs: number,
  { activation = 'tanh', gain = 1, weights = 'orthogonal' }: DenseOptions = {},
): Layer<Dense, DenseCache> => {
  const numbersOf = (argument: string, params: Dense) => ({
    w: leaf(argument, params, 'weight', ['in', 'out'], [inputs, outputs]),
    b: leaf(argument, params, 'bias', ['out'], [outputs]),
  })
  const output = <B extends string>(name: B, rows: number, y: ReadonlyNumbers): Batch<B> =>
    own([name, 'feature'], [rows, outputs], y as Floats)

  return {
    inputs,
    outputs,
    paramCount: (inputs + 1) * outputs,

    init: (key, dtype) =>
      weights === 'fanIn'
        ? torchLinear(key, inputs, outputs, dtype)
        : start(key, inputs, outputs, gain, dtype),

    forward: (machine, params, x) => {
      const [name] = x.dims
      const [rows] = x.shape
      expectShape('x', x, [name, 'feature'], [rows, inputs])
      const { w, b } = numbersOf('params', params)
      const { y, kept } = affine(machine, activation, data(x), w, b, rows, inputs, outputs)
      return [output(name, rows, y), { x, kept }]
    },

    backward: (machine, shards, { weight }, { x, kept }, dy, wantsInput) => {
      const { alloc, matmul, dense } = machine
      const [name] = dy.dims
      const [rows] = x.shape
      expectShape('dy', dy, [name, 'feature'], [rows, outputs])
      const input = data(x)
      const dz = throughActivation(machine, activation, data(dy), kept)
      for (const { from, to, grads } of shards) {
        const xRows = rowsOf(input, inputs, from, to)
        const dzRows = rowsOf(dz, outputs, from, to)
        matmul.tn(filled(grads.weight), xRows, dzRows, to - from, inputs, outputs)
        dense.sumRows(filled(grads.bias), dzRows, to - from, outputs)
      }
      if (!wantsInput) return null
      const dx = alloc(rows * inputs)
      matmul.nt(dx, dz, data(weight), rows, inputs, outputs)
      return own([name, 'feature'], [rows, inputs], dx)
    },

    jvp: <B extends string>(
      machine: Machine,
      { weight }: Dense,
      tangent: Dense,
      { x, kept }: DenseCache,
      dx: Batch<B> | null,
    ) => {
      const { alloc, matmul, vector } = machine
      const name = x.dims[0] as B
      const [rows] = x.shape
      const { w: dw, b: db } = numbersOf('tangent', tangent)
      const dz = alloc(rows * outputs)
      matmul.nn(dz, data(x), dw, db, rows, inputs, outputs)
      if (dx !== null) {
        expectShape('dx', dx, [name, 'feature'], [rows, inputs])
        const through = alloc(rows * outputs)
        matmul.nn(through, data(dx), data(weight), null, rows, inputs, outputs)
        vector.add(dz, through, dz)
      }
      return output(name, rows, throughActivation(machine, activation, dz, kept))
    },
  }
}

import { operation, type Machine } from '../kernel/machine.ts'
import { normal } from '../random/normal.ts'
import { expectShape } from '../tensor/check.ts'
import {
  data,
  own,
  ownLike,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import { filled, leaf, type Batch, type Layer } from './layer.ts'

/** A vector for each index: row i of `weight` is that of i. */
export type Embedding = {
  readonly weight: Tensor<['index', 'out']>
}

/**
 * The settings of an embedding: how many indices a row holds, and the scale of its first vectors.
 */
export interface EmbeddingOptions {
  /** indices in a row of the batch, whose vectors follow one another; 1 by default */
  readonly inputs?: number
  /** standard deviation of the first weights, which are normal; 1 by default */
  readonly gain?: number
}

const gather = operation(
  'embedding.gather',
  (
    _,
    y: Floats,
    weight: ReadonlyNumbers,
    x: ReadonlyNumbers,
    name: string,
    inputs: number,
    count: number,
    size: number,
  ) => {
    for (let i = 0; i < x.length; i++) {
      const index = x[i]!
      if (!(Number.isInteger(index) && index >= 0 && index < count))
        throw new RangeError(
          `x[${name}=${Math.floor(i / inputs)}, feature=${i % inputs}]: expected a whole number from 0 to ${count - 1}, got ${index}`,
        )
      for (let j = 0; j < size; j++) y[i * size + j] = weight[index * size + j]!
    }
  },
)

/** dWeight[x[i]] += dy[i] for `from` … `to` − 1, in rising i, from 0. */
const scatterAdd = operation(
  'embedding.scatterAdd',
  (
    _,
    dWeight: Floats,
    dy: ReadonlyNumbers,
    x: ReadonlyNumbers,
    from: number,
    to: number,
    size: number,
  ) => {
    dWeight.fill(0)
    for (let i = from; i < to; i++) {
      const at = x[i]! * size
      for (let j = 0; j < size; j++) dWeight[at + j] = dWeight[at + j]! + dy[i * size + j]!
    }
  },
)

/**
 * The vectors of indices: x [B, inputs] of whole numbers 0 … count − 1, in any element type,
 * → y [B, inputs · size]. A linear layer on one-hot vectors, without the products: Bengio et al.
 * 2003, "A neural probabilistic language model".
 *
 * Backward adds each row's dL/dy to the vector that it was read from, in rising row and, within a
 * row, in rising feature. Indices have no gradient. Weights start normal with mean 0 and the
 * standard deviation `gain`, as PyTorch's do with 1.
 *
 * @param count how many vectors there are, a whole number >= 1
 * @param size numbers in a vector, >= 1
 * @throws RangeError at an index that is not a whole number from 0 to count − 1, and when anyone
 * asks for the gradient of the indices
 */
export const embedding = (
  count: number,
  size: number,
  { inputs = 1, gain = 1 }: EmbeddingOptions = {},
): Layer<Embedding, Batch<string>> => {
  const outputs = inputs * size
  const read = <B extends string>(
    machine: Machine,
    argument: string,
    params: Embedding,
    x: Batch<B>,
  ): Batch<B> => {
    const [name] = x.dims
    const [rows] = x.shape
    expectShape('x', x, [name, 'feature'], [rows, inputs])
    const table = leaf(argument, params, 'weight', ['index', 'out'], [count, size])
    const y = machine.alloc(rows * outputs)
    machine.run(gather, y, table, data(x), name, inputs, count, size)
    return own([name, 'feature'], [rows, outputs], y)
  }

  return {
    inputs,
    outputs,
    paramCount: count * size,

    init: (key, dtype) => {
      const weight = normal(key, ['index', 'out'], [count, size], 'f64')
      const out = dtype === 'f32' ? new Float32Array(count * size) : new Float64Array(count * size)
      const drawn = data(weight)
      for (let i = 0; i < out.length; i++) out[i] = gain * drawn[i]!
      return { weight: ownLike(weight, out) }
    },

    forward: (machine, params, x) => [read(machine, 'params', params, x), x],

    backward: (machine, shards, _params, x, dy, wantsInput) => {
      if (wantsInput)
        throw new RangeError(
          'wantsInput: expected false, because an index has no gradient, got true: put the embedding first',
        )
      expectShape('dy', dy, [dy.dims[0], 'feature'], [x.shape[0], outputs])
      for (const { from, to, grads } of shards)
        machine.run(
          scatterAdd,
          filled(grads.weight),
          data(dy),
          data(x),
          from * inputs,
          to * inputs,
          size,
        )
      return null
    },

    jvp: <B extends string>(
      machine: Machine,
      _params: Embedding,
      tangent: Embedding,
      x: Batch<string>,
      dx: Batch<B> | null,
    ) => {
      if (dx !== null)
        throw new RangeError(
          'dx: expected null, because an index has no direction, got one: put the embedding first',
        )
      return read(machine, 'tangent', tangent, x as Batch<B>)
    },
  }
}

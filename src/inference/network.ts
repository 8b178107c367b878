import { padded, type Kernels } from './kernels.ts'

/** A layer y = f(x W + b), with W [inputs, outputs] row by row, in f32. */
export interface DenseLayer {
  readonly inputs: number
  readonly outputs: number
  readonly weight: ArrayLike<number>
  readonly bias: ArrayLike<number>
}

/** Numbers in memory that a network of these layers takes. */
export const numbersOf = (layers: readonly DenseLayer[]): number =>
  layers.reduce((sum, { inputs, outputs }) => sum + (inputs + 2) * padded(outputs), 0)

/** A network over one row: `run` computes `output` from the input, and allocates nothing. */
export interface Network {
  readonly output: Float32Array
  readonly run: () => void
}

/**
 * Layers one after the other, with a tanh behind each but, unless `isTrunk`, the last. Without layers
 * the output is the input.
 */
export const network = (
  { floats, affine, tanhEach }: Kernels,
  layers: readonly DenseLayer[],
  input: Float32Array,
  isTrunk: boolean,
): Network => {
  let x = input
  const steps = layers.map(({ inputs, outputs, weight, bias }, i) => {
    const n = padded(outputs)
    const [y, w, b] = [floats(n), floats(inputs * n), floats(n)]
    for (let k = 0; k < inputs; k++)
      for (let j = 0; j < outputs; j++) w[k * n + j] = weight[k * outputs + j]!
    b.set(bias)
    const step = {
      y: y.byteOffset,
      x: x.byteOffset,
      w: w.byteOffset,
      b: b.byteOffset,
      inputs,
      n,
      isTanh: isTrunk || i < layers.length - 1,
    }
    x = y
    return step
  })
  return {
    output: x,
    run: () => {
      for (let i = 0; i < steps.length; i++) {
        const { y, x, w, b, inputs, n, isTanh } = steps[i]!
        affine(y, x, w, b, inputs, n)
        if (isTanh) tanhEach(y, n)
      }
    },
  }
}

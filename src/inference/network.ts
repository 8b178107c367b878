import { tanh } from '../math/f32/tanh.ts'

/** A layer y = f(x W + b), with W [inputs, outputs] row by row, in f32. */
export interface DenseLayer {
  readonly inputs: number
  readonly outputs: number
  readonly weight: ArrayLike<number>
  readonly bias: ArrayLike<number>
}

const fround = Math.fround
/** Columns whose sums are computed together: enough to keep a processor busy. */
const PANEL = 8

/** W in panels of eight columns, and b, as f64, so that each number is converted once. */
interface Panels {
  readonly inputs: number
  /** outputs, up to a multiple of eight */
  readonly width: number
  readonly weight: Float64Array
  readonly bias: Float64Array
}

const panelsOf = ({ inputs, outputs, weight, bias }: DenseLayer): Panels => {
  const width = Math.ceil(outputs / PANEL) * PANEL
  const panels = new Float64Array(width * inputs)
  for (let j = 0; j < outputs; j++)
    for (let k = 0; k < inputs; k++)
      panels[(j - (j % PANEL)) * inputs + k * PANEL + (j % PANEL)] = weight[k * outputs + j]!
  const padded = new Float64Array(width)
  for (let j = 0; j < outputs; j++) padded[j] = bias[j]!
  return { inputs, width, weight: panels, bias: padded }
}

/**
 * y = x W + b for one row. Each output starts from its bias and adds products in rising inner index,
 * each product and each sum rounded to f32: the order of `matmul.nn`, and so its bits.
 */
const affine = (
  y: Float64Array,
  x: Float64Array,
  { inputs, width, weight, bias }: Panels,
): void => {
  for (let j = 0, at = 0; j < width; j += PANEL) {
    let c0 = bias[j]!
    let c1 = bias[j + 1]!
    let c2 = bias[j + 2]!
    let c3 = bias[j + 3]!
    let c4 = bias[j + 4]!
    let c5 = bias[j + 5]!
    let c6 = bias[j + 6]!
    let c7 = bias[j + 7]!
    for (let k = 0; k < inputs; k++, at += PANEL) {
      const xk = x[k]!
      c0 = fround(c0 + fround(xk * weight[at]!))
      c1 = fround(c1 + fround(xk * weight[at + 1]!))
      c2 = fround(c2 + fround(xk * weight[at + 2]!))
      c3 = fround(c3 + fround(xk * weight[at + 3]!))
      c4 = fround(c4 + fround(xk * weight[at + 4]!))
      c5 = fround(c5 + fround(xk * weight[at + 5]!))
      c6 = fround(c6 + fround(xk * weight[at + 6]!))
      c7 = fround(c7 + fround(xk * weight[at + 7]!))
    }
    y[j] = c0
    y[j + 1] = c1
    y[j + 2] = c2
    y[j + 3] = c3
    y[j + 4] = c4
    y[j + 5] = c5
    y[j + 6] = c6
    y[j + 7] = c7
  }
}

// A function of its own, so that engines inline tanh instead of boxing what a call returns.
const tanhEach = (y: Float64Array): void => {
  for (let i = 0; i < y.length; i++) y[i] = tanh(y[i]!)
}

/** A network over one row: `run` computes `output` from `input`, and allocates nothing. */
export interface Network {
  /** at least as long as the row; the rest are zeros of no meaning */
  readonly input: Float64Array
  readonly output: Float64Array
  readonly run: () => void
}

/**
 * Layers one after the other, with a tanh behind each but, unless `isTrunk`, the last. Without layers
 * the output is the input.
 *
 * @param input f32 numbers, padded to any length
 */
export const network = (
  layers: readonly DenseLayer[],
  input: Float64Array,
  isTrunk: boolean,
): Network => {
  const panels = layers.map(panelsOf)
  const rows = [input, ...panels.map(({ width }) => new Float64Array(width))]
  return {
    input,
    output: rows.at(-1)!,
    run: () => {
      for (let i = 0; i < panels.length; i++) {
        affine(rows[i + 1]!, rows[i]!, panels[i]!)
        if (isTrunk || i < panels.length - 1) tanhEach(rows[i + 1]!)
      }
    },
  }
}

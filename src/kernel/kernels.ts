import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * The numeric kernels, the only code that writes to an array that it receives: `out` comes first. Matrices
 * are row-major and contiguous; m, k and n are sizes; every argument has the backend's element type.
 *
 * The order of every sum is part of the definition, and each product and each sum is rounded to
 * the element type, so that every backend gives the same bits:
 * a matrix product starts from its bias (or 0) and adds products in rising inner index;
 * a sum over rows adds them in rising row; `sumSquares` spells out its own.
 */
export interface Arithmetic {
  readonly matmul: MatmulKernels
  readonly dense: DenseKernels
  readonly softmax: SoftmaxKernels
  readonly vector: VectorKernels
  readonly adam: AdamKernel
}

type Product<Extra extends unknown[]> = (
  out: Floats,
  a: ReadonlyNumbers,
  b: ReadonlyNumbers,
  ...rest: [...Extra, m: number, k: number, n: number]
) => void

export interface MatmulKernels {
  /** out[m,n] = bias[n] + a[m,k] b[k,n]; a null bias is 0. */
  readonly nn: Product<[bias: ReadonlyNumbers | null]>
  /** out[k,n] = a[m,k]ᵀ b[m,n]: gradients of weights. */
  readonly tn: Product<[]>
  /** out[m,k] = a[m,n] b[k,n]ᵀ: gradients of inputs. */
  readonly nt: Product<[]>
}

export interface DenseKernels {
  /** y[m,n] = tanh(x[m,k] w[k,n] + b[n]) */
  readonly affineTanh: (
    y: Floats,
    x: ReadonlyNumbers,
    w: ReadonlyNumbers,
    b: ReadonlyNumbers,
    m: number,
    k: number,
    n: number,
  ) => void
  /** dz = dy ∘ (1 − y²), since tanh′ = 1 − tanh². dz may be dy. */
  readonly tanhBackward: (dz: Floats, dy: ReadonlyNumbers, y: ReadonlyNumbers) => void
  /** out[n] = Σₘ x[m,n], from 0 in rising m: gradients of biases. */
  readonly sumRows: (out: Floats, x: ReadonlyNumbers, m: number, n: number) => void
}

export interface SoftmaxKernels {
  /** Row by row: out = x − max − log Σ exp(x − max), the sum in rising column. out may be x. */
  readonly logSoftmax: (out: Floats, x: ReadonlyNumbers, rows: number, columns: number) => void
}

export interface VectorKernels {
  /**
   * Σ xᵢ² in sixteen strided sums sⱼ = Σ x²₁₆ᵢ₊ⱼ, each in rising i, then folded in halves:
   * sⱼ += sⱼ₊₈, then sⱼ₊₄, sⱼ₊₂, sⱼ₊₁. Four vectors of four lanes do just that.
   */
  readonly sumSquares: (x: ReadonlyNumbers) => number
  /** out = s · x; out may be x. */
  readonly scale: (out: Floats, x: ReadonlyNumbers, s: number) => void
  /** out = e^x, element by element */
  readonly exp: (out: Floats, x: ReadonlyNumbers) => void
  /** out = a + b; out may be a or b. */
  readonly add: (out: Floats, a: ReadonlyNumbers, b: ReadonlyNumbers) => void
  /** out = max(x, least), and NaN where x is; `least` is a number of the element type. */
  readonly atLeast: (out: Floats, x: ReadonlyNumbers, least: number) => void
  /** out = x where the byte of `open` is not 0, −∞ where it is. */
  readonly mask: (out: Floats, x: ReadonlyNumbers, open: ReadonlyNumbers) => void
}

/** Scalars of one Adam step; the kernel rounds each to its element type before use. */
export interface AdamScalars {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly learningRate: number
  /** 1 − β₁ᵗ and 1 − β₂ᵗ */
  readonly correction1: number
  readonly correction2: number
}

/**
 * m′ = β₁ m + (1 − β₁) g, v′ = β₂ v + (1 − β₂) g², and the step that is added to the parameter:
 * −(lr / (1 − β₁ᵗ)) · m′ / (√v′ · (1 / √(1 − β₂ᵗ)) + ε), where both scalars are rounded once.
 * Each of the results may be written over g, m or v.
 * Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1 (ε outside the root, as in PyTorch).
 */
export type AdamKernel = (
  step: Floats,
  mNext: Floats,
  vNext: Floats,
  g: ReadonlyNumbers,
  m: ReadonlyNumbers,
  v: ReadonlyNumbers,
  scalars: AdamScalars,
) => void

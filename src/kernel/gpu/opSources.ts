import { TANH_SOURCE } from './activation.ts'

/**
 * The programs of gpu.js, each as the text of a function: `this.thread.y` is the row and
 * `this.thread.x` the column of the number that is computed, `inner` the length of its sum, which
 * goes from its first term in rising index. Arrays are [row][column].
 */
export const OP_SOURCES = {
  /** bias[n] + a[m,k] b[k,n] */
  nn: `function nn(a, b, bias) {
    let sum = bias[this.thread.x];
    for (let i = 0; i < this.constants.inner; i++)
      sum += a[this.thread.y][i] * b[i][this.thread.x];
    return sum;
  }`,

  /** a[m,k]ᵀ b[m,n] */
  tn: `function tn(a, b) {
    let sum = 0.0;
    for (let i = 0; i < this.constants.inner; i++)
      sum += a[i][this.thread.y] * b[i][this.thread.x];
    return sum;
  }`,

  /** a[m,n] b[k,n]ᵀ */
  nt: `function nt(a, b) {
    let sum = 0.0;
    for (let i = 0; i < this.constants.inner; i++)
      sum += a[this.thread.y][i] * b[this.thread.x][i];
    return sum;
  }`,

  /** tanh(x[m,k] w[k,n] + b[n]) */
  affineTanh: `function affineTanh(x, w, b) {
    ${TANH_SOURCE}
    let sum = b[this.thread.x];
    for (let i = 0; i < this.constants.inner; i++)
      sum += x[this.thread.y][i] * w[i][this.thread.x];
    return clampedTanh(sum);
  }`,

  /** dy ∘ (1 − y²) */
  tanhBackward: `function tanhBackward(dy, y) {
    const t = y[this.thread.y][this.thread.x];
    return dy[this.thread.y][this.thread.x] * (1.0 - t * t);
  }`,

  /** Σₘ x[m,n], in one row */
  sumRows: `function sumRows(x) {
    let sum = 0.0;
    for (let i = 0; i < this.constants.inner; i++) sum += x[i][this.thread.x];
    return sum;
  }`,
} as const

export type OpName = keyof typeof OP_SOURCES

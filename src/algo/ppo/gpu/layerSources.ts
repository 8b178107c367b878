import { TANH_SOURCE } from '../../../kernel/gpu/activation.ts'

// Kernels as text, so that a minified program has them as they are here. In them `this.thread.x` is
// the column and `.y` the row of the number that is computed. A layer is [moment, row, column] with
// the moments θ, m and v and the rows of `Layer`.

/** Rows `from` … of a table, in the order of `order`: [row, column] */
export const GATHER = `function gather(table, order, from) {
  return table[order[from + this.thread.y]][this.thread.x];
}`

/** x W + b */
export const LINEAR = `function linear(x, layer) {
  let sum = layer[0][this.constants.inputs][this.thread.x];
  for (let i = 0; i < this.constants.inputs; i++) {
    sum += x[this.thread.y][i] * layer[0][i][this.thread.x];
  }
  return sum;
}`

/** tanh(x W + b) */
export const TANH = `function affineTanh(x, layer) {
  ${TANH_SOURCE}
  let sum = layer[0][this.constants.inputs][this.thread.x];
  for (let i = 0; i < this.constants.inputs; i++) {
    sum += x[this.thread.y][i] * layer[0][i][this.thread.x];
  }
  return clampedTanh(sum);
}`

/** ∂L/∂W = xᵀ dz and, in the last row, ∂L/∂b = Σ dz */
export const GRADIENT = `function gradient(x, dz) {
  let sum = 0;
  if (this.thread.y < this.constants.inputs) {
    for (let i = 0; i < this.constants.rows; i++) {
      sum += x[i][this.thread.y] * dz[i][this.thread.x];
    }
  } else {
    for (let i = 0; i < this.constants.rows; i++) {
      sum += dz[i][this.thread.x];
    }
  }
  return sum;
}`

/** The same of a layer that reads nothing. */
export const COLUMN_SUMS = `function columnSums(dz) {
  let sum = 0;
  for (let i = 0; i < this.constants.rows; i++) {
    sum += dz[i][this.thread.x];
  }
  return sum;
}`

/** (dz Wᵀ) ∘ (1 − y²): back through a layer and the tanh below it, whose output y is */
export const BACK = `function back(dz, layer, y) {
  let sum = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    sum += dz[this.thread.y][j] * layer[0][this.thread.x][j];
  }
  const activity = y[this.thread.y][this.thread.x];
  return sum * (1 - activity * activity);
}`

/** Σ g² of each column */
export const COLUMN_SQUARES = `function columnSquares(g) {
  let sum = 0;
  for (let i = 0; i <= this.constants.inputs; i++) {
    sum += g[i][this.thread.x] * g[i][this.thread.x];
  }
  return sum;
}`

/** total + Σ columns: [1] */
export const ADD_UP = `function addUp(total, columns) {
  let sum = total[this.thread.x];
  for (let j = 0; j < this.constants.outputs; j++) {
    sum += columns[j];
  }
  return sum;
}`

/** Σ columns: [1] */
export const BEGIN_SUM = `function beginSum(columns) {
  let sum = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    sum += columns[j] + 0 * this.thread.x;
  }
  return sum;
}`

/**
 * Adam's step on a layer by its gradient, which is cut to the length `maxNorm` where all of it is
 * longer: `squares` is [Σ g²]. The kernels' docstring has the formula; `rates` of the step are
 * [lr / (1 − β₁ᵗ), 1 / √(1 − β₂ᵗ), ε].
 */
export const ADAM = `function adam(layer, g, squares, rates, step) {
  const norm = Math.sqrt(squares[0]);
  let scale = 1;
  if (norm > this.constants.maxNorm) {
    scale = this.constants.maxNorm / norm;
  }
  const slope = g[this.thread.y][this.thread.x] * scale;
  const m = this.constants.beta1 * layer[1][this.thread.y][this.thread.x] + this.constants.rest1 * slope;
  const v = this.constants.beta2 * layer[2][this.thread.y][this.thread.x] + this.constants.rest2 * slope * slope;
  let next = v;
  if (this.thread.z < 0.5) {
    next = layer[0][this.thread.y][this.thread.x] - rates[step][0] * m / (Math.sqrt(v) * rates[step][1] + rates[step][2]);
  } else {
    if (this.thread.z < 1.5) {
      next = m;
    }
  }
  return next;
}`

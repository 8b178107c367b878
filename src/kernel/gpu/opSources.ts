import { TANH_SOURCE } from './activation.ts'

// Kernels as text, so that a minified program has them as they are here. In them `this.thread.x` is
// the column and `.y` the row of the number that is computed; `inner` is what a product sums over.

const product = (name: string, inputs: string, term: string, before = '', end = 'sum'): string =>
  `function ${name}(${inputs}) {
  ${before}
  let sum = 0;
  for (let i = 0; i < this.constants.inner; i++) {
    sum += ${term};
  }
  return ${end};
}`

const NN = 'a[this.thread.y][i] * b[i][this.thread.x]'
const BIASED = 'bias[0][this.thread.x] + sum'

export const SOURCES = {
  nn: product('nn', 'a, b', NN),
  nnBias: product('nnBias', 'a, b, bias', NN, '', BIASED),
  tn: product('tn', 'a, b', 'a[i][this.thread.y] * b[i][this.thread.x]'),
  nt: product('nt', 'a, b', 'a[this.thread.y][i] * b[this.thread.x][i]'),
  affineTanh: product('affineTanh', 'a, b, bias', NN, TANH_SOURCE, `clampedTanh(${BIASED})`),
  tanhBackward: `function tanhBackward(dy, y) {
  const at = y[this.thread.y][this.thread.x];
  return dy[this.thread.y][this.thread.x] * (1 - at * at);
}`,
  backThroughTanh: product(
    'backThroughTanh',
    'a, b, y',
    NN,
    'const at = y[this.thread.y][this.thread.x];',
    'sum * (1 - at * at)',
  ),
  sumRows: product('sumRows', 'a', 'a[i][this.thread.x]', '', 'sum + 0 * this.thread.y'),
} as const

export type Source = keyof typeof SOURCES

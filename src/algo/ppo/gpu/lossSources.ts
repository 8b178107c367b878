import type { PpoConfig } from '../config.ts'

// As layerSources.ts. A row of `samples` is [log π_old, V_old, Â, G, action …]; `rates[step]` has the
// clip ranges of the policy and of V at 3 and 4; `center` is [mean, scale] of Â.

/** The columns of `samples` before those of the action. */
export const BEFORE_ACTION = 4

/** [mean, std + ε or max(std, ε)] of the advantages of a minibatch: see rl.whiten */
export const whitening = ({ normalise, ddof, epsilon, epsilonKind }: PpoConfig['advantage']) =>
  normalise === 'minibatch'
    ? `function center(samples) {
  let sum = 0;
  for (let i = 0; i < this.constants.rows; i++) {
    sum += samples[i][2];
  }
  const mean = sum / this.constants.rows;
  let squares = 0;
  for (let i = 0; i < this.constants.rows; i++) {
    squares += (samples[i][2] - mean) * (samples[i][2] - mean);
  }
  const std = Math.sqrt(squares / (this.constants.rows - ${ddof}));
  let found = mean;
  if (this.thread.x > 0.5) {
    found = ${epsilonKind === 'add' ? `std + ${epsilon}` : `Math.max(std, ${epsilon})`};
  }
  return found;
}`
    : `function center(samples) {
  let found = 0 * samples[0][2];
  if (this.thread.x > 0.5) {
    found = 1;
  }
  return found;
}`

/** r, Â and the bounds of r, for what follows */
const RATIO = `
  const logRatio = logProb[row] - samples[row][0];
  const ratio = Math.exp(logRatio);
  const a = (samples[row][2] - center[0]) / center[1];
  const lower = 1 - rates[step][3];
  const upper = 1 + rates[step][3];
  const clipped = Math.min(Math.max(ratio, lower), upper) * a;`

/** The objective of a sample: see rl.surrogateTerm */
const objectiveOf = ({ surrogate, dualClip }: PpoConfig): string =>
  ({
    ratio: 'ratio * a',
    clipAlone: 'clipped',
    clip: 'Math.min(ratio * a, clipped)',
    dualClip: `(a < 0 ? Math.max(Math.min(ratio * a, clipped), ${dualClip} * a) : Math.min(ratio * a, clipped))`,
  })[surrogate]

/** Where its derivative in log π is 0; elsewhere that is r Â. */
const flatWhere = ({ surrogate, dualClip }: PpoConfig): string =>
  ({
    ratio: 'false',
    clipAlone: 'ratio < lower || ratio > upper',
    clip: 'ratio * a > clipped',
    dualClip: `ratio * a > clipped || (a < 0 && Math.min(ratio * a, clipped) < ${dualClip} * a)`,
  })[surrogate]

/** ∂L/∂ log π of each row */
export const slopeSource = (
  config: PpoConfig,
): string => `function slope(logProb, samples, center, rates, step) {
  const row = this.thread.x;${RATIO}
  let found = -ratio * a / this.constants.rows;
  ${
    config.surrogate === 'ratio'
      ? ''
      : `if (${flatWhere(config)}) {
    found = 0;
  }`
  }
  return found;
}`

/** ½ x², or Huber's */
const lossOf = ({ huber }: PpoConfig, x: string): string =>
  huber === null
    ? `${x} * ${x} / 2`
    : `(Math.abs(${x}) <= ${huber} ? ${x} * ${x} / 2 : ${huber} * (Math.abs(${x}) - ${huber / 2}))`

const VALUE_ERROR = `
  const error = value[row][0] - samples[row][3];`

const clippedError = `
  const moved = value[row][0] - samples[row][1];
  const bound = rates[step][4];
  const far = samples[row][1] + Math.min(Math.max(moved, -bound), bound) - samples[row][3];`

/** ∂L/∂V of each row: see rl.valueLossGrad */
export const valueSlopeSource = (config: PpoConfig): string => {
  const { huber, valueClip, valueClipKind } = config
  const slope = huber === null ? 'error' : `Math.min(Math.max(error, -${huber}), ${huber})`
  const flat =
    valueClipKind === 'alone'
      ? 'Math.abs(moved) > bound'
      : `Math.abs(moved) > bound && ${lossOf(config, 'far')} > ${lossOf(config, 'error')}`
  return `function valueSlope(value, samples, rates, step) {
  const row = this.thread.y;${VALUE_ERROR}
  let found = ${slope} * this.constants.valueCoef / this.constants.rows + 0 * rates[step][4];${
    valueClip === null
      ? ''
      : `${clippedError}
  if (${flat}) {
    found = 0;
  }`
  }
  return found;
}`
}

/** What is told of a step, each added to what came before. */
export const TOLD = [
  'policyLoss',
  'valueLoss',
  'entropy',
  'approxKl',
  'clipFraction',
  'gradNorm',
] as const

/** These sums, and the norm of the last gradient. */
export const TOLD_LENGTH = TOLD.length + 1

/** The first five of TOLD of each row: [row, term] */
export const termsSource = (config: PpoConfig): string => {
  const { valueClip, valueClipKind } = config
  const plain = lossOf(config, 'error')
  const far = lossOf(config, 'far')
  const clipped = valueClipKind === 'alone' ? far : `Math.max(${plain}, ${far})`
  return `function terms(logProb, h, value, samples, center, rates, step) {
  const row = this.thread.y;${RATIO}${VALUE_ERROR}${valueClip === null ? '' : clippedError}
  let term = -${objectiveOf(config)};
  if (this.thread.x > 0.5) {
    term = ${valueClip === null ? plain : clipped};
  }
  if (this.thread.x > 1.5) {
    term = h[row];
  }
  if (this.thread.x > 2.5) {
    term = Math.max(ratio - 1 - logRatio, 0);
  }
  if (this.thread.x > 3.5) {
    term = 0;
    if (ratio < lower || ratio > upper) {
      term = 1;
    }
  }
  return term;
}`
}

/** `told` and the means of `terms`, the norm of the gradient, and this norm alone. */
export const TELL = `function tell(told, terms, squares) {
  let found = Math.sqrt(squares[0]);
  if (this.thread.x < 4.5) {
    let sum = 0;
    for (let row = 0; row < this.constants.rows; row++) {
      sum += terms[row][this.thread.x];
    }
    found = told[this.thread.x] + sum / this.constants.rows;
  } else {
    if (this.thread.x < 5.5) {
      found = told[this.thread.x] + found;
    }
  }
  return found;
}`

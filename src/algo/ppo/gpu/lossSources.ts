import { HALF_LOG_TWO_PI } from '../../../distribution/diagonalGaussian.ts'
import type { PpoConfig } from '../config.ts'

// As layerSources.ts. A row of `samples` is [log π_old, V_old, Â, G, action …]; `rates[step]` has the
// clip ranges of the policy and of V at 3 and 4; `center` is [mean, scale] of Â.

/** The columns of `samples` before those of the action. */
export const BEFORE_ACTION = 4

/** log π(a|s) of a row of logits */
const SCORE_CATEGORICAL = `function score(out, samples) {
  const row = this.thread.x;
  let top = out[row][0];
  for (let j = 1; j < this.constants.outputs; j++) {
    top = Math.max(top, out[row][j]);
  }
  let mass = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    mass += Math.exp(out[row][j] - top);
  }
  return out[row][samples[row][${BEFORE_ACTION}]] - top - Math.log(mass);
}`

/** H = −Σ p log p of a row of logits */
const ENTROPY_CATEGORICAL = `function entropy(out) {
  const row = this.thread.x;
  let top = out[row][0];
  for (let j = 1; j < this.constants.outputs; j++) {
    top = Math.max(top, out[row][j]);
  }
  let mass = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    mass += Math.exp(out[row][j] - top);
  }
  let sum = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    const logP = out[row][j] - top - Math.log(mass);
    sum -= Math.exp(logP) * logP;
  }
  return sum;
}`

/** (1[j = a] − p) dLogProb − p (log p + H) dEntropy */
const BACKWARD_CATEGORICAL = `function dOut(out, samples, dLogProb, h) {
  const row = this.thread.y;
  let top = out[row][0];
  for (let j = 1; j < this.constants.outputs; j++) {
    top = Math.max(top, out[row][j]);
  }
  let mass = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    mass += Math.exp(out[row][j] - top);
  }
  const logP = out[row][this.thread.x] - top - Math.log(mass);
  const p = Math.exp(logP);
  let taken = 0;
  if (Math.abs(samples[row][${BEFORE_ACTION}] - this.thread.x) < 0.5) {
    taken = 1;
  }
  return (taken - p) * dLogProb[row] - p * (logP + h[row]) * this.constants.dEntropy;
}`

/** log σ of action j in a row: of its own, or the same for all rows */
const logStdOf = (isFree: boolean, row: string, j: string): string =>
  isFree ? `logStd[0][0][${j}]` : `out[${row}][this.constants.actions + ${j}]`

const more = (isFree: boolean): string => (isFree ? ', logStd' : '')

/** Σ −½ z² − log σ − ½ log 2π with z = (a − μ) / σ */
const scoreGaussian = (isFree: boolean): string => `function score(out, samples${more(isFree)}) {
  const row = this.thread.x;
  let sum = 0;
  for (let j = 0; j < this.constants.actions; j++) {
    const logSigma = ${logStdOf(isFree, 'row', 'j')};
    const z = (samples[row][${BEFORE_ACTION} + j] - out[row][j]) * Math.exp(-logSigma);
    sum += -0.5 * z * z - logSigma - ${HALF_LOG_TWO_PI};
  }
  return sum;
}`

/** Σ log σ + ½ + ½ log 2π */
const entropyGaussian = (isFree: boolean): string => `function entropy(out${more(isFree)}) {
  const row = this.thread.x;
  let sum = 0 * out[row][0];
  for (let j = 0; j < this.constants.actions; j++) {
    sum += ${logStdOf(isFree, 'row', 'j')} + ${0.5 + HALF_LOG_TWO_PI};
  }
  return sum;
}`

/** Of the mean (z / σ) dLogProb, of log σ (z² − 1) dLogProb + dEntropy */
const BACKWARD_STATE = `function dOut(out, samples, dLogProb, h) {
  const row = this.thread.y;
  let j = this.thread.x;
  if (j >= this.constants.actions) {
    j = j - this.constants.actions;
  }
  const per = Math.exp(-out[row][this.constants.actions + j]);
  const z = (samples[row][${BEFORE_ACTION} + j] - out[row][j]) * per;
  let slope = z * per * dLogProb[row] + 0 * h[row];
  if (this.thread.x >= this.constants.actions) {
    slope = (z * z - 1) * dLogProb[row] + this.constants.dEntropy;
  }
  return slope;
}`

const BACKWARD_MEAN = `function dOut(out, samples, dLogProb, h, logStd) {
  const row = this.thread.y;
  const per = Math.exp(-logStd[0][0][this.thread.x]);
  const z = (samples[row][${BEFORE_ACTION} + this.thread.x] - out[row][this.thread.x]) * per;
  return z * per * dLogProb[row] + 0 * h[row];
}`

/** The gradient of free log σ, row by row. */
export const BACKWARD_LOG_STD = `function dLogStd(out, samples, dLogProb, logStd) {
  const row = this.thread.y;
  const z = (samples[row][${BEFORE_ACTION} + this.thread.x] - out[row][this.thread.x]) * Math.exp(-logStd[0][0][this.thread.x]);
  return (z * z - 1) * dLogProb[row] + this.constants.dEntropy;
}`

export interface DistributionSources {
  readonly score: string
  readonly entropy: string
  readonly backward: string
}

export const distributionSources = (
  kind: 'categorical' | 'gaussian',
  isFree: boolean,
): DistributionSources =>
  kind === 'categorical'
    ? { score: SCORE_CATEGORICAL, entropy: ENTROPY_CATEGORICAL, backward: BACKWARD_CATEGORICAL }
    : {
        score: scoreGaussian(isFree),
        entropy: entropyGaussian(isFree),
        backward: isFree ? BACKWARD_MEAN : BACKWARD_STATE,
      }

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

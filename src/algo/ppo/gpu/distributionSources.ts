import { HALF_LOG_TWO_PI } from '../../../distribution/diagonalGaussian.ts'
import { BEFORE_ACTION } from './lossSources.ts'

// As layerSources.ts. A row of `samples` is as in lossSources.ts.

/** The largest logit of a row, and log Σ e^(logit − largest) */
const MASS = `
  let top = out[row][0];
  for (let j = 1; j < this.constants.outputs; j++) {
    top = Math.max(top, out[row][j]);
  }
  let sum = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    sum += Math.exp(out[row][j] - top);
  }
  const logMass = Math.log(sum);`

/** log π(a|s) of a row of logits */
const SCORE_CATEGORICAL = `function score(out, samples) {
  const row = this.thread.x;${MASS}
  return out[row][samples[row][${BEFORE_ACTION}]] - top - logMass;
}`

/** H = −Σ p log p of a row of logits */
const ENTROPY_CATEGORICAL = `function entropy(out) {
  const row = this.thread.x;${MASS}
  let h = 0;
  for (let j = 0; j < this.constants.outputs; j++) {
    const logP = out[row][j] - top - logMass;
    h -= Math.exp(logP) * logP;
  }
  return h;
}`

/** (1[j = a] − p) dLogProb − p (log p + H) dEntropy */
const BACKWARD_CATEGORICAL = `function dOut(out, samples, dLogProb, h) {
  const row = this.thread.y;${MASS}
  const logP = out[row][this.thread.x] - top - logMass;
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

import { temporary, type Fill, type GpuForm } from '../kernel/form.ts'
import type { SurrogateTerm } from '../rl/loss/perSample.ts'
import type { SurrogateConfig } from '../rl/loss/surrogate.ts'
import { surrogateText, valueText, type TermText } from '../rl/loss/termText.ts'
import type { ValueLossConfig, ValueTerm } from '../rl/loss/value.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Place } from './descent.ts'
import type { Rates } from './rates.ts'

/** The losses of a shard, in the order in which they are kept. */
export const LOSSES = ['policyLoss', 'valueLoss', 'entropy', 'approxKl', 'clipFraction'] as const

/** What a config says of the terms. */
export interface TermsConfig
  extends
    Pick<SurrogateConfig, 'surrogate' | 'dualClip'>,
    Pick<ValueLossConfig, 'valueClip' | 'valueClipKind' | 'huber'> {
  readonly valueCoef: number
}

/** The terms of the losses, as a config says. */
export interface Terms {
  readonly config: TermsConfig
  readonly surrogate: SurrogateTerm
  readonly value: ValueTerm
  readonly round: (x: number) => number
}

/** What the losses read: one number of each for every sample. */
export interface Inputs {
  readonly logProb: ReadonlyNumbers
  readonly entropy: ReadonlyNumbers
  readonly value: ReadonlyNumbers
  readonly oldLogProb: ReadonlyNumbers
  readonly oldValue: ReadonlyNumbers
  readonly advantage: ReadonlyNumbers
  readonly returns: ReadonlyNumbers
  readonly kl: ReadonlyNumbers | null
}

/** Defines the variables that the text of a surrogate uses. */
const policyStart = (at: string): string => `const now = logProb(${at});
  const logRatio = now - oldLogProb(${at});
  const r = Math.exp(logRatio);
  const a = advantage(${at});`

/** Defines the variables that the text of a value loss uses, where `clip` is the ε of V. */
const valueStart = ({ value, isFlat }: TermText): string =>
  `const v = value(i);
  const old = oldValue(i);
  const target = returns(i);
  ${/\bclip\b/.test(`${value} ${isFlat}`) ? 'const clip = valueClip;' : ''}`

/** The derivative of a term, times a constant factor. */
const slope = (
  out: Floats,
  reads: NonNullable<Fill['reads']>,
  start: string,
  { grad, isFlat }: TermText,
  factor: number,
): Fill => ({
  out,
  shape: [out.length],
  reads,
  code: `${start}
  let found = ${grad} * ${factor};
  ${isFlat === null ? '' : `if (${isFlat}) found = 0;`}`,
  value: 'found',
})

/**
 * The losses on a GPU. Only the sum over shards is read, so the first shard's place gets the losses of
 * all rows and the others get 0.
 */
export const perSampleLossesForm = (
  dLogProb: Floats,
  dValue: Floats,
  { n, shards, losses, width, at }: Place,
  inputs: Inputs,
  { config }: Terms,
  rates: Rates,
): GpuForm => {
  const { logProb, entropy, value, oldLogProb, oldValue, advantage, returns, kl } = inputs
  const [ofPolicy, ofValue] = [surrogateText(config), valueText(config)]
  const rows = dLogProb.length
  const policyReads = { logProb, oldLogProb, advantage }
  const valueReads = { value, oldValue, returns }
  const policyTerms = temporary(3 * rows)
  const valueTerms = temporary(rows)
  return {
    live: {
      names: ['clip', 'valueClip', 'beta', 'from'],
      read: () => [rates.clip, rates.valueClip ?? 0, rates.beta, at()],
    },
    fills: [
      slope(dLogProb, policyReads, policyStart('i'), ofPolicy, -1 / n),
      slope(dValue, valueReads, valueStart(ofValue), ofValue, config.valueCoef / n),
      {
        out: policyTerms,
        shape: [rows, 3],
        reads: { ...policyReads, ...(kl === null ? {} : { kl }) },
        code: `${policyStart('row')}
  let found = -(${ofPolicy.value})${kl === null ? '' : ' + beta * kl(row)'};
  if (col > 0) found = Math.max(r - 1 - logRatio, 0);
  if (col > 1) {
    found = 0;
    if (r < 1 - clip || r > 1 + clip) found = 1;
  }`,
        value: 'found',
      },
      {
        out: valueTerms,
        shape: [rows],
        reads: valueReads,
        code: valueStart(ofValue),
        value: ofValue.value,
      },
      {
        out: losses,
        shape: [losses.length],
        reads: {
          before: losses,
          policy: { x: policyTerms, columns: 3 },
          value: valueTerms,
          entropy,
        },
        sizes: { rows, count: n, kept: LOSSES.length, all: width * shards.length },
        code: `let found = before(i);
  const k = i - from;
  if (k >= 0 && k < all) {
    let sum = 0.0;
    for (let j = 0; j < rows; j++) {
      let term = policy(j, 0);
      if (k > 0.5) term = value(j);
      if (k > 1.5) term = entropy(j);
      if (k > 2.5) term = policy(j, 1);
      if (k > 3.5) term = policy(j, 2);
      sum += term;
    }
    found = sum / count;
    if (k >= kept) found = 0;
  }`,
        value: 'found',
      },
    ],
  }
}

import { operation } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
import { data, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Place } from './descent.ts'
import { LOSSES, type PolicyForward, type PolicyObjective } from './objective.ts'
import type { Rates } from './rates.ts'

/** What `withRatioMetrics` measures, in the order in which it is kept behind the losses. */
export const RATIO_LOSSES = ['ratio', 'squaredRatio', 'valueClipFraction'] as const

/** Of the ratios r = π(a|s) / π_old(a|s), over all steps of an update. */
export interface RatioMetrics {
  /** mean of r */
  readonly ratio: number
  /** variance of r (ddof 0) */
  readonly ratioVariance: number
  /** share of samples with |V − V_old| > ε of V; 0 where the value loss is not clipped */
  readonly valueClipFraction: number
}

/** The metrics from the means of `RATIO_LOSSES`. */
export const ratioMetrics = ({
  ratio = NaN,
  squaredRatio = NaN,
  valueClipFraction = NaN,
}: Readonly<Record<string, number>>): RatioMetrics => ({
  ratio,
  ratioVariance: squaredRatio - ratio * ratio,
  valueClipFraction,
})

const measure = operation(
  'ratioMetrics',
  (
    _,
    { n, shards, losses, width, at }: Place,
    logProb: ReadonlyNumbers,
    oldLogProb: ReadonlyNumbers,
    value: ReadonlyNumbers,
    oldValue: ReadonlyNumbers,
    { valueClip }: Rates,
  ) => {
    let out = at() + LOSSES.length
    for (const [from, to] of shards) {
      let [sum, squares, outside] = [0, 0, 0]
      for (let i = from; i < to; i++) {
        const ratio = f64.exp(logProb[i]! - oldLogProb[i]!)
        sum += ratio
        squares += ratio * ratio
        if (valueClip !== null && Math.abs(value[i]! - oldValue[i]!) > valueClip) outside++
      }
      losses[out] = sum / n
      losses[out + 1] = squares / n
      losses[out + 2] = outside / n
      out += width
    }
  },
)

/** An objective that also measures its ratios, for descents whose losses continue with `RATIO_LOSSES`. */
export const withRatioMetrics =
  (rates: Rates, objective: PolicyObjective<PolicyForward>): PolicyObjective<PolicyForward> =>
  (machine, tree, samples, place) => {
    const forward = objective(machine, tree, samples, place)
    const { oldLogProb, oldValue } = samples
    machine.run(
      measure,
      place,
      data(forward.logProb),
      data(oldLogProb),
      data(forward.value),
      data(oldValue),
      rates,
    )
    return forward
  }

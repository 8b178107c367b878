import { expectAtLeast, expectOneOf } from '../../tensor/argument.ts'
import { expectAlike } from '../../tensor/check.ts'
import { zip3 } from '../../tensor/elementwise.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { halfSquare, huber as huberOf, type ErrorTerm } from './huber.ts'

/** What the value loss needs besides the new values, in tensors of their shape. */
export interface ValueBatch<D extends string[]> {
  /** V_old(s), the value that the network predicted when it acted */
  readonly oldValue: Tensor<D>
  /** G, the target: an estimate of the return */
  readonly returns: Tensor<D>
}

const CLIP_KINDS = ['max', 'alone'] as const

/** The settings of the value loss: its clip range and its shape. */
export interface ValueLossConfig {
  /**
   * ε >= 0: how far V may move from V_old before its loss stops falling; null for no clip. An
   * annealed range may end at 0, where the interval is the point V_old itself.
   */
  readonly valueClip: number | null
  /** `max` (the default) takes the greater of the plain and the clipped loss, `alone` the clipped one */
  readonly valueClipKind?: (typeof CLIP_KINDS)[number]
  /** δ > 0 of Huber's loss, which replaces ½x²; null for ½x² */
  readonly huber?: number | null
}

type ValueLoss = <D extends string[]>(value: Tensor<D>, batch: NoInfer<ValueBatch<D>>) => Tensor<D>

type PerSample = (v: number, old: number, target: number, clip: number) => number

const perSample =
  (f: PerSample, clip: number): ValueLoss =>
  (value, { oldValue, returns }) => {
    expectAlike({ value, oldValue, returns })
    return zip3(value, oldValue, returns, (v, old, target) => f(v, old, target, clip))
  }

/**
 * The value loss of one sample and its derivative in V: functions of V, V_old, the target and ε.
 */
export interface ValueTerm {
  readonly value: PerSample
  readonly grad: PerSample
}

const clipped = (v: number, old: number, clip: number): number =>
  old + Math.min(Math.max(v - old, -clip), clip)

const plainTerm = ({ value, grad }: ErrorTerm): ValueTerm => ({
  value: (v, _old, target) => value(v - target),
  grad: (v, _old, target) => grad(v - target),
})

const maxTerm = ({ value, grad }: ErrorTerm): ValueTerm => ({
  value: (v, old, target, clip) =>
    Math.max(value(v - target), value(clipped(v, old, clip) - target)),
  grad: (v, old, target, clip) => {
    const x = v - target
    if (Math.abs(v - old) <= clip) return grad(x)
    return value(clipped(v, old, clip) - target) > value(x) ? 0 : grad(x)
  },
})

const aloneTerm = ({ value, grad }: ErrorTerm): ValueTerm => ({
  value: (v, old, target, clip) => value(clipped(v, old, clip) - target),
  grad: (v, old, target, clip) => (Math.abs(v - old) > clip ? 0 : grad(v - target)),
})

/**
 * The value loss of one sample and its derivative in V: see `valueLoss`. OpenAI Baselines (ppo2,
 * 2017) clips it; Huber 1964 bounds its derivative.
 *
 * @throws RangeError when the kind is unknown or δ <= 0
 */
export const valueTerm = ({
  valueClip,
  valueClipKind = 'max',
  huber = null,
}: ValueLossConfig): ValueTerm => {
  expectOneOf('valueClipKind', valueClipKind, CLIP_KINDS)
  const error = huber === null ? halfSquare : huberOf(huber)
  if (valueClip === null) return plainTerm(error)
  return valueClipKind === 'max' ? maxTerm(error) : aloneTerm(error)
}

const clipOf = ({ valueClip }: ValueLossConfig): number =>
  valueClip === null ? NaN : expectAtLeast('valueClip', valueClip, 0)

/**
 * The value loss of each sample. With l(x) = ½x², or Huber's loss (Huber 1964), and V_clip = V_old
 * + clip(V − V_old, −ε, ε), it is:
 *
 * - without a clip: l(V − G)
 * - `max`: max(l(V − G), l(V_clip − G)). This is in the code that came with the PPO paper (OpenAI
 *   Baselines, ppo2, 2017), but not in the paper.
 * - `alone`: l(V_clip − G), a counterexample. A value V that has left the interval, even away from
 *   G, has no gradient and never comes back.
 *
 * @returns a function of `value` and `{ oldValue, returns }`, tensors of one shape [...D], to that
 * shape
 * @throws RangeError when shapes differ, the kind is unknown, ε < 0 or δ <= 0
 */
export const valueLoss = (config: ValueLossConfig): ValueLoss =>
  perSample(valueTerm(config).value, clipOf(config))

/**
 * The derivative ∂/∂V of `valueLoss` (OpenAI Baselines, ppo2, 2017). Inside the interval and on its
 * border both losses are equal, and the derivative is l′(V − G). With ε = 0 that holds at V = V_old
 * only.
 *
 * Outside, V_clip does not move with V. For `alone` the derivative is 0. For `max` it is 0 where
 * the clipped loss is greater, and l′(V − G) where the plain loss is greater or both are equal.
 *
 * @returns a function of `value` and `{ oldValue, returns }`, tensors of one shape [...D], to that
 * shape
 * @throws RangeError when shapes differ, the kind is unknown, ε < 0 or δ <= 0
 */
export const valueLossGrad = (config: ValueLossConfig): ValueLoss =>
  perSample(valueTerm(config).grad, clipOf(config))

import { expectAlike } from '../../tensor/check.ts'
import { zip3 } from '../../tensor/elementwise.ts'
import type { Tensor } from '../../tensor/tensor.ts'

export interface ValueBatch<D extends string[]> {
  /** V_old(s), what the network said when it acted */
  readonly oldValue: Tensor<D>
  /** G, the target */
  readonly returns: Tensor<D>
}

/** ε > 0: how far V may move from V_old before its loss stops falling; null for no clip. */
export interface ValueLossConfig {
  readonly valueClip: number | null
}

type ValueLoss = <D extends string[]>(value: Tensor<D>, batch: NoInfer<ValueBatch<D>>) => Tensor<D>

type PerSample = (v: number, old: number, target: number) => number

const perSample =
  (f: PerSample): ValueLoss =>
  (value, { oldValue, returns }) => {
    expectAlike(value, { oldValue, returns })
    return zip3(value, oldValue, returns, f)
  }

const clipped = (v: number, old: number, clip: number): number =>
  old + Math.min(Math.max(v - old, -clip), clip)

/** The loss of one sample and its derivative, of V, V_old and the target. */
export interface ValueTerm {
  readonly value: PerSample
  readonly grad: PerSample
}

export const valueTerm = ({ valueClip }: ValueLossConfig): ValueTerm => ({
  value: (v, old, target) => {
    const plain = (v - target) * (v - target)
    if (valueClip === null) return plain / 2
    const c = clipped(v, old, valueClip) - target
    return Math.max(plain, c * c) / 2
  },
  grad: (v, old, target) => {
    const plain = v - target
    if (valueClip === null || Math.abs(v - old) <= valueClip) return plain
    const c = clipped(v, old, valueClip) - target
    return c * c > plain * plain ? 0 : plain
  },
})

/**
 * ½ max((V − G)², (V_clip − G)²) with V_clip = V_old + clip(V − V_old, −ε, ε), a sample;
 * ½ (V − G)² without a clip. The clipped form is in the code that came with the PPO paper
 * (OpenAI Baselines, ppo2), not in the paper.
 */
export const valueLoss = (config: ValueLossConfig): ValueLoss => perSample(valueTerm(config).value)

/**
 * ∂/∂V: inside the interval and on its border both squares are the same, and it is V − G.
 * Outside, V_clip does not move with V: 0 where the clipped square is the greater one, and V − G
 * where the plain one is, or both are equal.
 */
export const valueLossGrad = (config: ValueLossConfig): ValueLoss =>
  perSample(valueTerm(config).grad)

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import {
  adam,
  kernelEpsilon,
  type AdamConfig,
  type EpsilonPlacement,
} from '../../src/optim/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'

const rate = (count: number): number => 0.1 / (1 + count)

type Moments = Pick<AdamConfig, 'beta1' | 'beta2' | 'epsilon'>

/** PyTorch's steps of one parameter: lr · m̂ / (√v̂ + ε). */
const corrected = (gradients: readonly number[], { beta1, beta2, epsilon }: Moments): number[] => {
  let [m, v] = [0, 0]
  return gradients.map((g, count) => {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    const mHat = m / (1 - beta1 ** (count + 1))
    const vHat = v / (1 - beta2 ** (count + 1))
    return (-rate(count) * mHat) / (Math.sqrt(vHat) + epsilon)
  })
}

/** TensorFlow 1's: lrₜ = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ), and lrₜ · m / (√v + ε). */
const uncorrected = (
  gradients: readonly number[],
  { beta1, beta2, epsilon }: Moments,
): number[] => {
  let [m, v] = [0, 0]
  return gradients.map((g, count) => {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    const rateNow = (rate(count) * Math.sqrt(1 - beta2 ** (count + 1))) / (1 - beta1 ** (count + 1))
    return (-rateNow * m) / (Math.sqrt(v) + epsilon)
  })
}

const steps = (gradients: readonly number[], config: AdamConfig): number[] => {
  const { init, update } = adam(js.f64, config)
  const flat = (g: number) => of(['param'], [1], [g])
  let state = init(flat(0))
  return gradients.map((g) => {
    const [step, next] = update(flat(g), state)
    state = next
    return toArray(step)[0]!
  })
}

const gradient = fc.double({ min: 1e-3, max: 10, noNaN: true }).chain((x) => fc.constantFrom(x, -x))
const moments = fc.record({
  beta1: fc.constantFrom(0, 0.5, 0.9),
  beta2: fc.constantFrom(0.9, 0.999),
  epsilon: fc.constantFrom(1e-8, 1e-5, 0.1),
})

describe('where Adam’s ε stands', () => {
  const run = { g: fc.array(gradient, { minLength: 1, maxLength: 12 }), moments }

  test.prop(run)('corrected is PyTorch’s form, and what is meant by default', ({ g, moments }) => {
    const config = { ...moments, learningRate: rate }
    const out = steps(g, { ...config, epsilonPlacement: 'corrected' })
    expectClose(out, corrected(g, moments), 1e-9, 1e-13)
    expect(steps(g, config)).toStrictEqual(out)
  })

  test.prop(run)('uncorrected is TensorFlow’s form', ({ g, moments }) => {
    const out = steps(g, { ...moments, learningRate: rate, epsilonPlacement: 'uncorrected' })
    expectClose(out, uncorrected(g, moments), 1e-9, 1e-13)
  })

  test('the first step on a gradient of 1 with β₂ = 0.99, ε = 0.1: 1 / 1.1 and 1 / 2 of lr', () => {
    const config = { learningRate: () => 1, beta1: 0.5, beta2: 0.99, epsilon: 0.1 }
    expectClose(steps([1], config), [-1 / 1.1], 1e-12, 0)
    expectClose(steps([1], { ...config, epsilonPlacement: 'uncorrected' }), [-1 / 2], 1e-12, 0)
  })

  test('kernelEpsilon is ε, or ε / √(1 − β₂ᵗ)', () => {
    expect(kernelEpsilon({ epsilon: 0.3 }, 0.25)).toBe(0.3)
    expect(kernelEpsilon({ epsilon: 0.3, epsilonPlacement: 'corrected' }, 0.25)).toBe(0.3)
    expect(kernelEpsilon({ epsilon: 0.3, epsilonPlacement: 'uncorrected' }, 0.25)).toBe(0.6)
    expect(kernelEpsilon({ epsilon: 0.3, epsilonPlacement: 'uncorrected' }, 1)).toBe(0.3)
  })

  test('another place is an error, of adam before its first step', () => {
    const epsilonPlacement = 'inside' as EpsilonPlacement
    const error = new RangeError(
      'epsilonPlacement: expected one of corrected, uncorrected, got inside',
    )
    expect(() => kernelEpsilon({ epsilon: 1, epsilonPlacement }, 0.5)).toThrow(error)
    const config = { learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1, epsilonPlacement }
    expect(() => adam(js.f64, config)).toThrow(error)
  })
})

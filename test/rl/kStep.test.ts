import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  discountedReturn,
  gae,
  kStepAdvantage,
  kStepReturn,
  lambdaReturn,
} from '../../src/rl/index.ts'
import { cast, of } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { column, columnOf, isCut, stepsOf, unit, type Column } from '../support/steps.ts'

const ks = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(Infinity))

const deltas = (c: Column, gamma: number): readonly number[] =>
  c.reward.map((r, t) => r + (c.terminated[t]! ? 0 : gamma * c.nextValue[t]!) - c.value[t]!)

const advantages = (c: Column, gamma: number, k: number): readonly number[] =>
  columnOf(kStepAdvantage({ gamma, k })(stepsOf([c])))

const returns = (c: Column, gamma: number, k: number): readonly number[] =>
  columnOf(kStepReturn({ gamma, k })(stepsOf([c])))

/** (1 − λ) Σ_{k<K} λᵏ⁻¹ x⁽ᵏ⁾ + λᴷ⁻¹ x⁽ᴷ⁾ with K the number of steps. */
const mixture = (c: Column, lambda: number, x: (k: number) => readonly number[]) => {
  const longest = c.reward.length
  const sum = c.reward.map(() => 0)
  for (let k = 1; k <= longest; k++) {
    const weight = lambda ** (k - 1) * (k < longest ? 1 - lambda : 1)
    x(k).forEach((xt, t) => {
      sum[t]! += weight * xt
    })
  }
  return sum
}

describe('kStepAdvantage', () => {
  test.prop([column(), unit, ks])(
    'is the sum of k discounted TD residuals, no further than the episode',
    (c, gamma, k) => {
      const delta = deltas(c, gamma)
      const expected = c.reward.map((_, t) => {
        let sum = 0
        for (let l = t; l < t + k; l++) {
          sum += gamma ** (l - t) * delta[l]!
          if (isCut(c, l)) break
        }
        return sum
      })
      expectClose(advantages(c, gamma, k), expected, 1e-12, 1e-11)
    },
  )

  test.prop([column(), unit, unit])('mixes to gae with weights λᵏ⁻¹', (c, gamma, lambda) => {
    const expected = columnOf(gae({ gamma, lambda })(stepsOf([c])))
    expectClose(
      mixture(c, lambda, (k) => advantages(c, gamma, k)),
      expected,
      1e-11,
      1e-10,
    )
  })

  test.prop([column(), unit])('of one step is gae with λ = 0, to the bit', (c, gamma) => {
    const positiveZero = (x: readonly number[]) => x.map((xi) => xi + 0)
    const expected = columnOf(gae({ gamma, lambda: 0 })(stepsOf([c])))
    expect(positiveZero(advantages(c, gamma, 1))).toEqual(positiveZero(expected))
  })

  test.prop([column(), unit])('of endlessly many is gae with λ = 1, to the bit', (c, gamma) => {
    const steps = stepsOf([c])
    const expected = gae({ gamma, lambda: 1 })(steps)
    expectSameBits(kStepAdvantage({ gamma, k: Infinity })(steps), expected)
    expectSameBits(kStepAdvantage({ gamma, k: c.reward.length })(steps), expected)
  })

  test.prop([column(), unit, ks])('is the k-step return less V', (c, gamma, k) => {
    const expected = returns(c, gamma, k).map((g, t) => g - c.value[t]!)
    expectClose(advantages(c, gamma, k), expected, 1e-12, 1e-11)
  })
})

describe('kStepReturn', () => {
  test.prop([column(), unit, unit])('mixes to the λ-return', (c, gamma, lambda) => {
    const expected = columnOf(lambdaReturn({ gamma, lambda })(stepsOf([c])))
    expectClose(
      mixture(c, lambda, (k) => returns(c, gamma, k)),
      expected,
      1e-11,
      1e-10,
    )
  })

  test.prop([column(), unit])('of endlessly many steps is the discounted return', (c, gamma) => {
    const expected = columnOf(discountedReturn({ gamma })(stepsOf([c])))
    expectClose(returns(c, gamma, Infinity), expected, 1e-14, 1e-14)
  })

  test('counts k rewards, and then V of where they lead', () => {
    const c: Column = {
      reward: [1, 2, 4, 8],
      value: [0, 16, 32, 64],
      nextValue: [16, 32, 64, 128],
      terminated: [false, false, false, false],
      truncated: [false, false, false, false],
    }
    expect(returns(c, 0.5, 1)).toEqual([9, 18, 36, 72])
    expect(returns(c, 0.5, 2)).toEqual([1 + 1 + 8, 2 + 2 + 16, 4 + 4 + 32, 72])
    expect(returns(c, 0.5, 3)).toEqual([1 + 1 + 1 + 8, 2 + 2 + 2 + 16, 40, 72])
    expect(advantages(c, 0.5, 2)).toEqual([10, 4, 8, 8])
  })

  test('ends with the episode: worth nothing after a termination, V after a truncation', () => {
    const cut = (terminated: boolean): Column => ({
      reward: [1, 2, 100],
      value: [3, 5, 50],
      nextValue: [5, 7, 70],
      terminated: [false, terminated, false],
      truncated: [false, !terminated, false],
    })
    expect(returns(cut(true), 0.5, 3)).toEqual([2, 2, 135])
    expect(returns(cut(false), 0.5, 3)).toEqual([1 + 1 + 0.25 * 7, 5.5, 135])
  })
})

describe.each([
  ['kStepAdvantage', kStepAdvantage],
  ['kStepReturn', kStepReturn],
])('%s', (_, estimator) => {
  const steps = stepsOf(fc.sample(column(3), 2))

  test.prop([fc.array(column(4), { minLength: 2, maxLength: 3 }), unit, ks])(
    'of one environment does not depend on the others',
    (columns, gamma, k) => {
      const together = estimator({ gamma, k })(stepsOf(columns))
      columns.forEach((c, e) => {
        expect(columnOf(together, e)).toEqual(columnOf(estimator({ gamma, k })(stepsOf([c]))))
      })
    },
  )

  test.prop([column(4), unit, ks])('takes one γ a step', (c, gamma, k) => {
    const each = of(['time', 'env'], [4, 1], [gamma, gamma, gamma, gamma])
    expectSameBits(
      estimator({ gamma: each, k })(stepsOf([c])),
      estimator({ gamma, k })(stepsOf([c])),
    )
    const first = of(['time', 'env'], [4, 1], [0, 1, 1, 1])
    expect(columnOf(estimator({ gamma: first, k })(stepsOf([c])))[0]).toBe(
      columnOf(estimator({ gamma: 0, k })(stepsOf([c])))[0],
    )
  })

  test('adds in f64 and rounds once a row', () => {
    const narrow = { ...steps, reward: cast(steps.reward, 'f32'), value: cast(steps.value, 'f32') }
    const wide = { ...narrow, reward: cast(narrow.reward, 'f64'), value: cast(narrow.value, 'f64') }
    const config = { gamma: 0.99, k: 3 }
    expectSameBits(estimator(config)(narrow), cast(estimator(config)(wide), 'f32'))
  })

  test.each([0, -1, 0.5, 1.5, NaN, -Infinity])('throws for k = %d', (k) => {
    expect(() => estimator({ gamma: 1, k })).toThrow(
      new RangeError(`k: expected a whole number >= 1 or Infinity, got ${k}`),
    )
  })

  test('throws where γ is outside [0, 1], or a shape differs', () => {
    expect(() => estimator({ gamma: 1.01, k: 1 })).toThrow(
      'gamma: expected a number from 0 to 1, got 1.01',
    )
    const wrong = of(['time', 'env'], [1, 2], [0, 0])
    expect(() => estimator({ gamma: 1, k: 1 })({ ...steps, value: wrong })).toThrow(
      'value: expected [time=3, env=2], got [time=1, env=2]',
    )
  })

  test('leaves its inputs as they are', () => {
    expectPure(estimator({ gamma: 0.9, k: 2 }), steps)
  })
})

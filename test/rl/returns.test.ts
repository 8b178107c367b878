import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { discountedReturn, lambdaReturn } from '../../src/rl/index.ts'
import { of } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { column, columnOf, isCut, stepsOf, unit, type Column } from '../support/steps.ts'

/**
 * The k-step return G⁽ᵏ⁾ₜ = rₜ + γ rₜ₊₁ + … + γᵏ⁻¹ rₜ₊ₖ₋₁ + γᵏ V(s′ₜ₊ₖ₋₁), where a terminal
 * state is worth nothing.
 */
const kStep = (c: Column, gamma: number, t: number, k: number): number => {
  let g = 0
  for (let i = 0; i < k; i++) g += gamma ** i * c.reward[t + i]!
  const last = t + k - 1
  return c.terminated[last]! ? g : g + gamma ** k * c.nextValue[last]!
}

/**
 * Gₜ = (1 − λ) Σₖ λᵏ⁻¹ G⁽ᵏ⁾ₜ, all weight that is left lying on the longest one:
 * Sutton and Barto 2018, eq. 12.3.
 */
const forwardView = (c: Column, gamma: number, lambda: number): readonly number[] =>
  c.reward.map((_, t) => {
    let longest = 1
    while (!isCut(c, t + longest - 1)) longest++
    let g = lambda ** (longest - 1) * kStep(c, gamma, t, longest)
    for (let k = 1; k < longest; k++) g += (1 - lambda) * lambda ** (k - 1) * kStep(c, gamma, t, k)
    return g
  })

describe('lambdaReturn', () => {
  test.prop([column(), unit, unit])(
    'is the geometric mixture of k-step returns',
    (c, gamma, lambda) => {
      const got = columnOf(lambdaReturn({ gamma, lambda })(stepsOf([c])))
      expectClose(got, forwardView(c, gamma, lambda), 1e-11, 1e-11)
    },
  )

  test.prop([column(), unit])('with λ = 0 looks one step ahead', (c, gamma) => {
    const got = columnOf(lambdaReturn({ gamma, lambda: 0 })(stepsOf([c])))
    expectClose(
      got,
      c.reward.map((_, t) => kStep(c, gamma, t, 1)),
      1e-12,
      1e-12,
    )
  })

  test.prop([column(), unit, unit])(
    'does not read V of the state it is for',
    (c, gamma, lambda) => {
      const blind = { ...stepsOf([c]), value: stepsOf([{ ...c, value: c.reward }]).value }
      const returns = lambdaReturn({ gamma, lambda })
      expect(columnOf(returns(blind))).toEqual(columnOf(returns(stepsOf([c]))))
    },
  )

  test('holds the numbers of rlax', () => {
    const { lambdaReturn: cases } = golden<{
      lambdaReturn: ReadonlyArray<{
        lambda: number
        reward: number[]
        discount: number[]
        nextValue: number[]
        expected: number[]
      }>
    }>('gae')
    expect(cases.length).toBe(2)
    for (const { lambda, reward, discount, nextValue, expected } of cases) {
      const no = reward.map(() => false)
      const steps = stepsOf([{ reward, value: reward, nextValue, terminated: no, truncated: no }])
      const gamma = of(['time', 'env'], [discount.length, 1], discount)
      expectClose(columnOf(lambdaReturn({ gamma, lambda })(steps)), expected, 1e-7, 1e-7)
    }
  })

  test('leaves its inputs as they are', () => {
    const steps = stepsOf(fc.sample(column(4), 3))
    expectPure(lambdaReturn({ gamma: 0.9, lambda: 0.8 }), steps)
  })
})

describe('discountedReturn', () => {
  test.prop([column(), unit])('is the longest k-step return there is', (c, gamma) => {
    const got = columnOf(discountedReturn({ gamma })(stepsOf([c])))
    const expected = c.reward.map((_, t) => {
      let longest = 1
      while (!isCut(c, t + longest - 1)) longest++
      return kStep(c, gamma, t, longest)
    })
    expectClose(got, expected, 1e-11, 1e-11)
  })

  test('of rewards 1 until the end is 1, 1 + γ, 1 + γ + γ² from behind', () => {
    const steps = stepsOf([
      {
        reward: [1, 1, 1],
        value: [0, 0, 0],
        nextValue: [0, 0, NaN],
        terminated: [false, false, true],
        truncated: [false, false, false],
      },
    ])
    expect(columnOf(discountedReturn({ gamma: 0.5 })(steps))).toEqual([1.75, 1.5, 1])
  })
})

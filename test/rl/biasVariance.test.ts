import { describe, expect, test } from 'vitest'
import { measure } from '../../src/guide/plots/estimators/measure.ts'
import { TRUE_VALUES } from '../../src/guide/plots/estimators/walk.ts'
import * as random from '../../src/random/index.ts'
import { gae, kStepAdvantage } from '../../src/rl/index.ts'

// On the random walk of Sutton and Barto 2018, example 6.2, with V = 0, Â⁽ᵏ⁾ at the start is 1
// where the walk ends on the right within k steps and 0 otherwise, and should be ½. It goes on
// beyond step 2 with probability ¾, every two steps.
const EPISODES = 4000
const KEY = random.key(17)

const errorsOf = (values: readonly number[], ...estimators: Parameters<typeof measure>[3]) =>
  measure(KEY, EPISODES, values, estimators)

const nothing = TRUE_VALUES.map(() => 0)

describe('with a V that knows nothing', () => {
  const ks = [1, 2, 4, 8, 16, 32]
  const errors = errorsOf(nothing, ...ks.map((k) => kStepAdvantage({ gamma: 1, k })))

  // Standard errors are those of 4000 flips of a coin, at most 0.008: 5 of them fail each of some
  // twenty comparisons on 1 seed in 1.7e6.
  test('the bias of k steps is −½ P(still walking), and the variance that of a coin', () => {
    errors.forEach(({ bias, variance }, i) => {
      const walking = 0.75 ** Math.floor((ks[i]! - 1) / 2)
      const p = (1 - walking) / 2
      expect(Math.abs(bias + walking / 2)).toBeLessThanOrEqual(5 * 0.008)
      expect(Math.abs(variance - p * (1 - p))).toBeLessThanOrEqual(5 * 0.008)
    })
  })

  test('more steps have less bias and more variance', () => {
    for (let i = 2; i < ks.length - 1; i++) {
      expect(Math.abs(errors[i]!.bias)).toBeLessThan(Math.abs(errors[i - 1]!.bias) - 0.05)
      expect(errors[i]!.variance).toBeGreaterThan(errors[i - 1]!.variance + 0.01)
    }
  })

  test('a mixture of them is nearer to the truth than any one', () => {
    const [mixed] = errorsOf(nothing, gae({ gamma: 1, lambda: 0.9 }))
    for (const { mse } of errors) expect(mixed!.mse).toBeLessThan(mse - 0.05)
  })

  test('GAE with λ has the bias ½ E[λᵀ⁻¹] − ½ of a walk of T steps', () => {
    for (const lambda of [0.5, 0.9, 0.95]) {
      const [{ bias } = { bias: NaN }] = errorsOf(nothing, gae({ gamma: 1, lambda }))
      const early = (0.25 * lambda ** 2) / (1 - 0.75 * lambda ** 2)
      expect(Math.abs(bias - (early / 2 - 0.5))).toBeLessThanOrEqual(5 * 0.008)
    }
  })
})

test('with the true V no estimate is biased, and short ones vary least', () => {
  const estimators = [1, 4, Infinity].map((k) => kStepAdvantage({ gamma: 1, k }))
  const errors = errorsOf(TRUE_VALUES, ...estimators)
  for (const { bias } of errors) expect(Math.abs(bias)).toBeLessThanOrEqual(5 * 0.008)
  expect(errors[0]!.variance).toBeLessThan(errors[1]!.variance - 0.02)
  expect(errors[1]!.variance).toBeLessThan(errors[2]!.variance - 0.05)
})

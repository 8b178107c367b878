import { describe, expect, test } from 'vitest'
import { distributionFor } from '../../src/algo/actions.ts'
import {
  bernoulli,
  categorical,
  diagonalGaussian,
  squashedGaussian,
} from '../../src/distribution/index.ts'
import {
  box,
  choices,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  width,
  type Space,
} from '../../src/env/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectClose } from '../support/centralDifference.ts'
import { spaceNames, spaces } from '../support/spaces.ts'

const bounds = ['clip', 'squash', 'none'] as const

describe('the distribution over the actions of a space', () => {
  test.each<[name: string, space: Space, params: number, logStd: readonly number[]]>([
    ['a discrete one has a logit a choice', discrete(4), 4, []],
    ['a single choice', discrete(1), 1, []],
    ['a multi-discrete one those of its entries side by side', multiDiscrete([3, 2, 4]), 9, []],
    ['bits a logit each', multiBinary(5), 5, []],
    ['a box means, then log σ', box(3, [0, 0, 0], [1, 1, 1]), 6, [3, 4, 5]],
    ['a product those of its parts, in order', spaces.product, 4 + 3 + 2 + 2, [2, 3, 10]],
    [
      'two boxes, the first behind other parts',
      product({ a: discrete(2), b: box(1, [0], [1]), c: box(2, [0, 0], [1, 1]) }),
      8,
      [3, 6, 7],
    ],
  ])('%s', (_, space, params, logStd) => {
    for (const actionBound of bounds) {
      const made = distributionFor(space, { actionBound })
      expect(made.params).toBe(params)
      expect(made.logStd).toEqual(logStd)
    }
  })

  test('is the plain one of its kind, squashed where the config says so', () => {
    const of = (space: Space, actionBound: (typeof bounds)[number]) =>
      distributionFor(space, { actionBound }).distribution
    for (const bound of bounds) {
      expect(of(spaces.discrete, bound)).toBe(categorical)
      expect(of(spaces.multiBinary, bound)).toBe(bernoulli)
    }
    expect(of(spaces.box, 'clip')).toBe(diagonalGaussian)
    expect(of(spaces.box, 'none')).toBe(diagonalGaussian)
    expect(of(spaces.box, 'squash')).toBe(squashedGaussian)
  })

  test('has bounds for log σ where the config has them', () => {
    const p = of(['env', 'param'], [1, 4], Float64Array.of(0, 0, -9, 9))
    const at = (
      min: number | null,
      max: number | null,
      actionBound: 'none' | 'squash' = 'none',
    ) => {
      const logStd = { kind: 'free', init: 0, min, max } as const
      return distributionFor(spaces.box, { actionBound, logStd }).distribution
    }
    expect(at(null, null)).toBe(diagonalGaussian)
    expect(at(null, null, 'squash')).toBe(squashedGaussian)
    const entropyOf = (...logStd: number[]) =>
      toArray(
        diagonalGaussian
          .at(of(['env', 'param'], [1, 4], Float64Array.of(0, 0, ...logStd)))
          .entropy(),
      )
    expect(toArray(at(-2, null).at(p).entropy())).toEqual(entropyOf(-2, 9))
    expect(toArray(at(null, 1).at(p).entropy())).toEqual(entropyOf(-9, 1))
    expect(toArray(at(-2, 1).at(p).entropy())).toEqual(entropyOf(-2, 1))
  })

  describe.each(spaceNames)('of %s', (name) => {
    const space = spaces[name]

    test.each(bounds)('has the widths of the space (%s)', (actionBound) => {
      const { distribution, params } = distributionFor(space, { actionBound })
      expect(distribution.actions(params)).toBe(width(space))
      expect(distribution.choices(params)).toBe(choices(space))
      expect(distribution.actionDims).toEqual(name === 'discrete' ? [] : ['action'])
    })

    // The entropy of a Gaussian rises by 1 with its log σ, and with nothing else by just that.
    test('has its log σ where it says', () => {
      const { distribution, params, logStd } = distributionFor(space, { actionBound: 'clip' })
      const at = toArray(normal(key(3), ['param'], [params], 'f64'))
      const grad = distribution.at(of(['sample', 'param'], [1, params], at)).entropyGrad(1)
      const ones = toArray(grad).flatMap((x, j) => (x === 1 ? [j] : []))
      expect(ones).toEqual(logStd)
    })
  })

  test('a squashed part of a product is squashed, the others are as they are', () => {
    const { distribution, params } = distributionFor(spaces.product, { actionBound: 'squash' })
    const wide = of(
      ['sample', 'param'],
      [1, params],
      Array.from({ length: params }, () => 2),
    )
    const all = Array.from({ length: 40 }, (_, i) => toArray(distribution.at(wide).sample(key(i))))
    for (const [x0, x1, button, bit0, bit1, knob] of all) {
      for (const x of [x0!, x1!, knob!]) expect(Math.abs(x)).toBeLessThan(1)
      expect([0, 1, 2]).toContain(button)
      expect([0, 1]).toContain(bit0)
      expect([0, 1]).toContain(bit1)
    }
    expectClose(toArray(distribution.at(wide).mode())[0]!, Math.tanh(2), 1e-14, 0)
  })
})

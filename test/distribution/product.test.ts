import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import {
  bernoulli,
  categorical,
  diagonalGaussian,
  product,
  type Distribution,
} from '../../src/distribution/index.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { expectClose } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import {
  bernoulliFamily,
  categoricalFamily,
  gaussianFamily,
  multiCategoricalFamily,
  productFamily,
  squashedFamily,
} from './families.ts'

distributionLaws(
  'product of every kind',
  productFamily([
    categoricalFamily(3),
    gaussianFamily(1),
    multiCategoricalFamily([2, 3]),
    squashedFamily(2),
    bernoulliFamily(2),
  ]),
)
distributionLaws(
  'product of discrete parts',
  productFamily([bernoulliFamily(2), categoricalFamily(3), multiCategoricalFamily([2, 2])]),
)
distributionLaws(
  'product of products',
  productFamily([
    productFamily([gaussianFamily(1), categoricalFamily(2)]),
    productFamily([bernoulliFamily(1), squashedFamily(1)]),
  ]),
)
distributionLaws('product of one part', productFamily([categoricalFamily(2)]))

const actionsOf = (columns: number, a: readonly number[]) =>
  of(['env', 'action'], [a.length / columns, columns], Float64Array.from(a))

describe('product', () => {
  // Three buttons of which one is pressed, a stick, and two bits.
  const pad = product([
    [categorical, 3],
    [diagonalGaussian, 2],
    [bernoulli, 2],
  ])
  const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, kl, klGrad, fisher, mask } =
    functionsOf(pad)
  const row = [0, Math.log(2), 0, 0.5, 0, 0, Math.log(3)]

  test('has the parts’ parameters and actions side by side: ½ · N(0) · ½ · ¾', () => {
    const p = paramsOf([row])
    const a = actionsOf(4, [1, 0.5, 0, 1])
    const expected = Math.log((0.5 * 0.5 * 0.75) / Math.sqrt(2 * Math.PI))
    expectClose(toArray(logProb(p, a)), [expected], 1e-14, 0)
    expectClose(toArray(logProbGrad(p, a)), [-0.25, 0.5, -0.25, 0, -1, -0.5, 0.25], 1e-14, 1e-15)
    expect(toArray(mode(p))).toStrictEqual([1, 0.5, 0, 1])
    expect(pad.actions(7)).toBe(4)
    expect(pad.choices(7)).toBe(5)
  })

  test.prop({ seed: fc.maxSafeNat() })('draws part i with child i of the key', ({ seed }) => {
    const [buttons, stick, bits] = [
      paramsOf([row.slice(0, 3)]),
      paramsOf([row.slice(3, 5)]),
      paramsOf([row.slice(5)]),
    ]
    expect(toArray(sample(key(seed), paramsOf([row])))).toStrictEqual([
      ...toArray(functionsOf(categorical).sample(foldIn(key(seed), 0), buttons)),
      ...toArray(functionsOf(diagonalGaussian).sample(foldIn(key(seed), 1), stick)),
      ...toArray(functionsOf(bernoulli).sample(foldIn(key(seed), 2), bits)),
    ])
  })

  test('actions are of the parameters’ element type, whole numbers too', () => {
    const buttons = product([[categorical, 2]])
    for (const type of ['f32', 'f64'] as const) {
      expect(sample(key(1), paramsOf([row], type)).dtype).toBe(type)
      expect(functionsOf(buttons).mode(paramsOf([[0, 1]], type)).dtype).toBe(type)
    }
  })

  test('masks reach the parts that have choices', () => {
    const open = of(['env', 'choice'], [1, 5], Uint8Array.from([1, 0, 1, 0, 1]))
    expect(toArray(mask(paramsOf([row]), open))).toStrictEqual([
      0,
      -Infinity,
      0,
      0.5,
      0,
      -Infinity,
      Math.log(3),
    ])
  })

  test('says in which part there is an error, in parts of parts too', () => {
    const p = paramsOf([row, row])
    const nested = product([
      [diagonalGaussian, 2],
      [pad, 7],
    ])
    for (const [bad, message] of [
      [[0.5, 0, 0, 0], 'part 0: action[env=1]: expected a whole number from 0 to 2, got 0.5'],
      [[3, 0, 0, 0], 'part 0: action[env=1]: expected a whole number from 0 to 2, got 3'],
      [[0, NaN, 0, 0], 'part 1: action[env=1, action=0]: expected a finite number, got NaN'],
      [[0, 0, 0, 0.5], 'part 2: action[env=1, action=1]: expected 0 or 1, got 0.5'],
    ] as const) {
      const a = actionsOf(4, [0, 0, 0, 0, ...bad])
      for (const f of [logProb, logProbGrad]) expect(() => f(p, a)).toThrow(new RangeError(message))
      const wider = paramsOf([
        [0, 0, ...row],
        [0, 0, ...row],
      ])
      const deeper = actionsOf(5, [0, 0, 0, 0, 0, 0, ...bad])
      expect(() => functionsOf(nested).logProb(wider, deeper)).toThrow(
        new RangeError(`part 1: ${message}`),
      )
    }
    const open = of(['env', 'choice'], [2, 5], Uint8Array.from([1, 1, 1, 1, 1, 0, 0, 0, 1, 1]))
    expect(() => mask(p, open)).toThrow(
      new RangeError('part 0: mask[env=1]: expected an allowed choice among 3, got none'),
    )
  })

  test('refuses another width', () => {
    const p = paramsOf([[0, 0, 0]])
    for (const f of [mode, entropy, entropyGrad])
      expect(() => f(p)).toThrow('param: expected [env=1, param=7], got [env=1, param=3]')
    for (const f of [kl, klGrad, fisher])
      expect(() => f(p, p)).toThrow('param: expected [env=1, param=7], got [env=1, param=3]')
    for (const f of [logProb, logProbGrad])
      expect(() => f(paramsOf([row]), actionsOf(3, [0, 0, 0]))).toThrow(
        'action: expected [env=1, action=4], got [env=1, action=3]',
      )
    for (const f of [pad.actions, pad.choices])
      expect(() => f(6)).toThrow(new RangeError('params: expected 7 for 3 parts, got 6'))
  })

  test('has a part, and each part a member of so many parameters', () => {
    expect(() => product([])).toThrow('parts: expected at least one part, got none')
    expect(() =>
      product([
        [categorical, 2],
        [diagonalGaussian, 3],
      ]),
    ).toThrow('part 1: params: expected an even number >= 2')
    expect(() => product([[categorical, 0]])).toThrow(
      'part 0: params: expected a whole number >= 1, got 0',
    )
  })

  test('any distribution may be a part; the type distinguishes single numbers and rows', () => {
    expectTypeOf<Distribution<[]>>().toExtend<Distribution>()
    expectTypeOf<Distribution<['action']>>().toExtend<Distribution>()
    expectTypeOf(categorical).toEqualTypeOf<Distribution<[]>>()
    expectTypeOf(pad).toEqualTypeOf<Distribution<['action']>>()
    expect(categorical.actionDims).toStrictEqual([])
    expect(pad.actionDims).toStrictEqual(['action'])
    // @ts-expect-error a row of actions is no single action
    expect(() => categorical.at(paramsOf([[0, 0]])).logProb(actionsOf(2, [0, 0]))).toThrow(
      'action: expected [env=1], got [env=1, action=2]',
    )
  })
})

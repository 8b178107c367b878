import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { categorical, multiCategorical } from '../../src/distribution/index.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { expectClose } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import { multiCategoricalFamily } from './families.ts'

distributionLaws('multiCategorical of three groups', multiCategoricalFamily([2, 1, 3]))
distributionLaws('multiCategorical of one group', multiCategoricalFamily([3]))

const actionsOf = (columns: number, a: readonly number[]) =>
  of(['env', 'action'], [a.length / columns, columns], Int32Array.from(a))

describe('multiCategorical', () => {
  const two = multiCategorical([2, 3])
  const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, mask } = functionsOf(two)

  test('has a group’s logits beside the other’s: probabilities ¼ · ½', () => {
    const p = paramsOf([[0, Math.log(3), 0, Math.log(2), 0]])
    expectClose(toArray(logProb(p, actionsOf(2, [0, 1]))), [-Math.log(8)], 1e-14, 0)
    expectClose(
      toArray(logProbGrad(p, actionsOf(2, [0, 1]))),
      [3 / 4, -3 / 4, -1 / 4, 1 / 2, -1 / 4],
      1e-14,
      0,
    )
    expect(toArray(mode(p))).toStrictEqual([1, 1])
  })

  test('has entropy Σ log n at equal logits', () => {
    expectClose(toArray(entropy(paramsOf([[7, 7, 0, 0, 0]]))), [Math.log(6)], 1e-14, 0)
  })

  test.prop({ seed: fc.maxSafeNat(), row: fc.array(fc.nat(5), { minLength: 5, maxLength: 5 }) })(
    'draws group i as the categorical does with child i of the key',
    ({ seed, row }) => {
      const rows = [row, row.toReversed()]
      const draws = toArray(sample(key(seed), paramsOf(rows)))
      for (const [i, [from, to]] of [
        [0, 2],
        [2, 5],
      ].entries()) {
        const part = paramsOf(rows.map((x) => x.slice(from, to)))
        expect([draws[i], draws[2 + i]]).toStrictEqual(
          toArray(functionsOf(categorical).sample(foldIn(key(seed), i), part)),
        )
      }
    },
  )

  test('says in which group there is an error', () => {
    const p = paramsOf([
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ])
    for (const f of [logProb, logProbGrad])
      expect(() => f(p, actionsOf(2, [0, 0, 1, 3]))).toThrow(
        new RangeError('group 1: action[env=1]: expected a whole number from 0 to 2, got 3'),
      )
    const open = of(['env', 'choice'], [2, 5], Uint8Array.from([1, 0, 0, 1, 0, 1, 1, 0, 0, 0]))
    expect(() => mask(p, open)).toThrow(
      new RangeError('group 1: mask[env=1]: expected an allowed choice among 3, got none'),
    )
  })

  test('refuses parameters and actions of another width', () => {
    const p = paramsOf([[0, 0, 0, 0]])
    for (const f of [mode, entropy, entropyGrad])
      expect(() => f(p)).toThrow('param: expected [env=1, param=5], got [env=1, param=4]')
    expect(() => sample(key(0), p)).toThrow('param: expected [env=1, param=5]')
    const right = paramsOf([[0, 0, 0, 0, 0]])
    expect(() => logProb(right, actionsOf(1, [0]))).toThrow(
      'action: expected [env=1, action=2], got [env=1, action=1]',
    )
    for (const f of [two.actions, two.choices])
      expect(() => f(4)).toThrow(new RangeError('params: expected 5 for 2 groups, got 4'))
  })

  test('has a group, and no group without a category', () => {
    expect(() => multiCategorical([])).toThrow('sizes: expected at least one group, got none')
    for (const bad of [0, 1.5, -1])
      expect(() => multiCategorical([2, bad])).toThrow(
        `sizes[1]: expected a whole number >= 1, got ${bad}`,
      )
  })
})

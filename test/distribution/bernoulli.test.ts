import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { bernoulli } from '../../src/distribution/index.ts'
import { key, uniform } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { expectClose } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import { bernoulliFamily } from './families.ts'

distributionLaws('bernoulli of 3 bits', bernoulliFamily(3))
distributionLaws('bernoulli of 1 bit', bernoulliFamily(1))

const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, kl, klGrad, fisher, mask } =
  functionsOf(bernoulli)

const bitsOf = (rows: readonly (readonly number[])[]) =>
  of(['env', 'action'], [rows.length, rows[0]!.length], Int32Array.from(rows.flat()))

describe('bernoulli', () => {
  test('a fair bit has entropy log 2, and either value log ½', () => {
    const p = paramsOf([[0], [0]])
    expectClose(toArray(entropy(p)), [Math.LN2, Math.LN2], 1e-15, 0)
    expectClose(toArray(logProb(p, bitsOf([[0], [1]]))), [-Math.LN2, -Math.LN2], 1e-15, 0)
    expect(toArray(logProbGrad(p, bitsOf([[0], [1]])))).toStrictEqual([-0.5, 0.5])
    expect(toArray(fisher(p, paramsOf([[2], [-4]])))).toStrictEqual([0.5, -1])
  })

  test('logit log 3 is probability ¾', () => {
    const p = paramsOf([[Math.log(3)], [Math.log(3)]])
    expectClose(toArray(logProb(p, bitsOf([[1], [0]]))), [Math.log(0.75), Math.log(0.25)], 1e-14, 0)
    expectClose(
      toArray(kl(p, paramsOf([[0], [0]]))).slice(1),
      [0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)],
      1e-14,
      0,
    )
    expectClose(toArray(klGrad(p, paramsOf([[0], [0]]))), [-0.25, -0.25], 1e-14, 0)
  })

  test('the mode is the more probable value, and 0 of two equal ones', () => {
    expect(toArray(mode(paramsOf([[-0.1, 0, 0.1]])))).toStrictEqual([0, 0, 1])
  })

  test.prop({ seed: fc.maxSafeNat() })(
    'bit j of row i is draw i n + j of the key below σ',
    ({ seed }) => {
      const u = toArray(uniform(key(seed), ['draw'], [6], 'f64'))
      const p = paramsOf([
        [-1, 0, 1],
        [2, -2, 0.5],
      ])
      expect(toArray(sample(key(seed), p))).toStrictEqual(
        toArray(p).map((x, at) => (u[at]! < 1 / (1 + Math.exp(-x)) ? 1 : 0)),
      )
    },
  )

  test.prop({ x: fc.double({ min: -700, max: 700, noNaN: true }) })(
    'a bit and its opposite are one distribution, at any logit',
    ({ x }) => {
      const [p, not] = [paramsOf([[x]]), paramsOf([[-x]])]
      const [zero, one] = [bitsOf([[0]]), bitsOf([[1]])]
      expect(toArray(logProb(p, one))).toStrictEqual(toArray(logProb(not, zero)))
      expect(toArray(entropy(p))).toStrictEqual(toArray(entropy(not)))
      expectClose(
        toArray(logProbGrad(p, one)),
        toArray(logProbGrad(not, zero)).map((g) => -g),
        0,
        0,
      )
      // No digit is lost far out: log σ(x) is x − log(1 + eˣ), and its slope is σ(−x).
      expectClose(
        toArray(logProb(p, one)),
        [x > 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x))],
        1e-14,
        1e-300,
      )
      expectClose(toArray(logProbGrad(p, one)), [1 / (1 + Math.exp(x))], 1e-13, 1e-300)
    },
  )

  test.each([-1e4, 1e4])('a logit of %s gives finite numbers in f32', (x) => {
    const [p, q] = [paramsOf([[x]], 'f32'), paramsOf([[-x]], 'f32')]
    for (const t of [entropy(p), entropyGrad(p), fisher(p, q), klGrad(p, q), kl(p, q)])
      expect(toArray(t).every(Number.isFinite)).toBe(true)
    expect(toArray(kl(p, q))).toStrictEqual([1e4])
    expect(toArray(logProb(p, bitsOf([[x > 0 ? 0 : 1]])))).toStrictEqual([-1e4])
  })

  test('a closed bit is 0: with certainty, without entropy, and with no slope', () => {
    const open = of(['env', 'choice'], [1, 2], Uint8Array.from([0, 0]))
    const p = mask(paramsOf([[3, -3]]), open)
    expect(toArray(p)).toStrictEqual([-Infinity, -Infinity])
    expect(toArray(sample(key(1), p))).toStrictEqual([0, 0])
    expect(toArray(mode(p))).toStrictEqual([0, 0])
    expect(toArray(logProb(p, bitsOf([[0, 0]])))).toStrictEqual([0])
    expect(toArray(logProb(p, bitsOf([[0, 1]])))).toStrictEqual([-Infinity])
    expect(toArray(logProbGrad(p, bitsOf([[0, 1]])))).toStrictEqual([0, 0])
    expect(toArray(entropy(p))).toStrictEqual([0])
    expect(toArray(entropyGrad(p))).toStrictEqual([0, 0])
    expect(toArray(kl(p, p))).toStrictEqual([0])
    expect(toArray(kl(paramsOf([[0, 0]]), p))).toStrictEqual([Infinity])
    expectClose(toArray(kl(p, paramsOf([[0, 0]]))), [2 * Math.LN2], 1e-15, 0)
    expectClose(toArray(klGrad(p, paramsOf([[0, 0]]))), [0.5, 0.5], 1e-15, 0)
  })

  test('draws and the mode refuse NaN with its row, and no other logit', () => {
    const p = paramsOf([
      [0, 1],
      [2, NaN],
      [NaN, 3],
    ])
    for (const f of [mode, (x: typeof p) => sample(key(1), x)]) {
      expect(() => f(p)).toThrow(new RangeError('logits[env=1]: expected no NaN, got [2, NaN]'))
      expect(toArray(f(paramsOf([[Infinity, -Infinity]])))).toStrictEqual([1, 0])
    }
  })

  test('refuses values that are not bits, with their address', () => {
    const p = paramsOf([
      [0, 0],
      [0, 0],
    ])
    for (const f of [logProb, logProbGrad])
      for (const bad of [2, -1, 0.5]) {
        const a = of(['env', 'action'], [2, 2], [0, 1, bad, 0])
        expect(() => f(p, a)).toThrow(
          new RangeError(`action[env=1, action=0]: expected 0 or 1, got ${bad}`),
        )
      }
    expect(() => bernoulli.actions(0)).toThrow('params: expected a whole number >= 1, got 0')
    expect(() => bernoulli.choices(0)).toThrow('params: expected a whole number >= 1, got 0')
  })
})

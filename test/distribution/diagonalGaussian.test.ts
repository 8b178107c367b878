import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { diagonalGaussian } from '../../src/distribution/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { expectClose } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import { kolmogorovSmirnovP, normalCdf } from '../support/statistics.ts'
import { gaussianFamily } from './families.ts'

distributionLaws('diagonalGaussian of 3 entries', gaussianFamily(3))
distributionLaws('diagonalGaussian of 1 entry', gaussianFamily(1))

const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, kl, klGrad, fisher, mask } =
  functionsOf(diagonalGaussian)

const actionsOf = (rows: readonly (readonly number[])[]) =>
  of(['env', 'action'], [rows.length, rows[0]!.length], Float64Array.from(rows.flat()))

describe('diagonalGaussian', () => {
  const standard = paramsOf([[0, 0]])
  // μ = 1, −2 and σ = 2, ½
  const two = paramsOf([[1, -2, Math.log(2), Math.log(0.5)]])

  test('has density 1/√2π at 0 and entropy ½ log 2πe when standard', () => {
    expectClose(
      toArray(logProb(standard, actionsOf([[0]]))),
      [-0.5 * Math.log(2 * Math.PI)],
      1e-15,
      0,
    )
    expectClose(toArray(entropy(standard)), [0.5 * Math.log(2 * Math.PI * Math.E)], 1e-15, 0)
  })

  test('has means first and log standard deviations after them', () => {
    // z = 1, 2
    const a = actionsOf([[3, -1]])
    expectClose(toArray(logProb(two, a)), [-2.5 - Math.log(2 * Math.PI)], 1e-14, 0)
    expectClose(toArray(logProbGrad(two, a)), [1 / 2, 4, 0, 3], 1e-14, 1e-14)
    expectClose(toArray(entropy(two)), [Math.log(2 * Math.PI * Math.E)], 1e-14, 0)
    expect(toArray(entropyGrad(two))).toStrictEqual([0, 0, 1, 1])
    expect(toArray(mode(two))).toStrictEqual([1, -2])
    expectClose(toArray(fisher(two, paramsOf([[4, 3, 5, 7]]))), [1, 12, 10, 14], 1e-14, 0)
  })

  test('has KL log σ_q/σ_p + (σ_p² + (μ_p − μ_q)²) / 2σ_q² − ½', () => {
    // From N(0, 1) to N(1, 2²): log 2 + 2/8 − ½; back: −log 2 + 5/2 − ½.
    const [p, q] = [standard, paramsOf([[1, Math.log(2)]])]
    expectClose(toArray(kl(p, q)), [Math.LN2 - 0.25], 1e-14, 0)
    expectClose(toArray(kl(q, p)), [2 - Math.LN2], 1e-14, 0)
    expectClose(toArray(klGrad(p, q)), [0.25, 0.5], 1e-14, 0)
    expectClose(toArray(klGrad(q, p)), [-1, -4], 1e-14, 0)
  })

  test.prop({ seed: fc.maxSafeNat() })(
    'entry j of row i is μ + σ z with draw i n + j of the key',
    ({ seed }) => {
      const rows = [
        [1, -2, 3, 0, Math.log(2), -1],
        [0, 5, -1, 1, 0, -2],
      ]
      const z = toArray(normal(key(seed), ['draw'], [6], 'f64'))
      expectClose(
        toArray(sample(key(seed), paramsOf(rows))),
        rows.flatMap((row, i) =>
          [0, 1, 2].map((j) => row[j]! + Math.exp(row[3 + j]!) * z[3 * i + j]!),
        ),
        1e-14,
        1e-14,
      )
    },
  )

  // Both tails at 10⁻⁶: 2 keys in 10⁶ fail.
  test('draws are not told apart from Φ by Kolmogorov and Smirnov', () => {
    const p = paramsOf(Array.from({ length: 20_000 }, () => [1, Math.log(2)]))
    const value = kolmogorovSmirnovP(data(sample(key(5), p)), (x) => normalCdf((x - 1) / 2))
    expect(value).toBeGreaterThan(1e-6)
    expect(value).toBeLessThan(1 - 1e-6)
  })

  const anySize = {
    mean: fc.double({ noNaN: true, noDefaultInfinity: true }),
    logStd: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  }

  test.prop(anySize)('is no distance from itself, whatever its σ', ({ mean, logStd }) => {
    const p = paramsOf([[mean, logStd]])
    expect(toArray(kl(p, p))).toStrictEqual([0])
    expect(toArray(klGrad(p, p)).map(Math.abs)).toStrictEqual([0, 0])
    expect(toArray(fisher(p, paramsOf([[0, 0]])))).toStrictEqual([0, 0])
  })

  test.prop(anySize)('has a finite density and score at its mean', ({ mean, logStd }) => {
    const [p, a] = [paramsOf([[mean, logStd]]), actionsOf([[mean]])]
    expect(toArray(logProb(p, a))).toStrictEqual([-logStd - 0.9189385332046727])
    expect(toArray(logProbGrad(p, a)).map((x) => x + 0)).toStrictEqual([0, -1])
  })

  // x / σ is a number where 1 / σ is none: e^(740 − 1060 log 2) and e^(690 − 740).
  test('takes numbers that are far from 1 in units of σ just as far from it', () => {
    for (const [far, logStd] of [
      [2 ** -1060, -740],
      [1e300, 740],
    ] as const) {
      const z = Math.exp(Math.log(far) - logStd)
      const [p, q] = [paramsOf([[far, logStd]]), paramsOf([[0, logStd]])]
      expectClose(toArray(kl(p, q)), [(z * z) / 2], 1e-11, 0)
      expectClose(
        toArray(logProb(q, actionsOf([[far]]))),
        [-0.5 * z * z - logStd - 0.9189385332046727],
        1e-11,
        0,
      )
      expectClose(toArray(logProbGrad(q, actionsOf([[far]]))).slice(1), [z * z - 1], 1e-11, 1e-11)
    }
    expectClose(
      toArray(fisher(paramsOf([[0, -400]]), paramsOf([[1e-200, 0]]))),
      [Math.exp(800 - 200 * Math.LN10), 0],
      1e-11,
      0,
    )
  })

  test('there is nothing to mask', () => {
    expect(mask(two, of(['env', 'choice'], [1, 0], new Uint8Array(0)))).toBe(two)
    expect(() => mask(two, of(['env', 'choice'], [1, 4], new Uint8Array(4)))).toThrow(
      'mask: expected [env=1, choice=0], got [env=1, choice=4]',
    )
  })

  test('an odd number of parameters is refused', () => {
    const odd = paramsOf([[0, 0, 0]])
    const message = /^params: expected an even number >= 2, a mean and a log .*, got 3$/
    for (const f of [mode, entropy, entropyGrad]) expect(() => f(odd)).toThrow(message)
    for (const f of [kl, klGrad, fisher]) expect(() => f(odd, odd)).toThrow(message)
    for (const f of [logProb, logProbGrad]) expect(() => f(odd, actionsOf([[0]]))).toThrow(message)
    expect(() => sample(key(0), odd)).toThrow(message)
    expect(() => mask(odd, of(['env', 'choice'], [1, 0], []))).toThrow(message)
    expect(() => diagonalGaussian.choices(3)).toThrow(message)
    expect(diagonalGaussian.actions(2)).toBe(1)
  })

  test('so is an action without end, with its address', () => {
    for (const f of [logProb, logProbGrad])
      expect(() => f(two, actionsOf([[0, -Infinity]]))).toThrow(
        new RangeError('action[env=0, action=1]: expected a finite number, got -Infinity'),
      )
    expect(() => logProb(two, actionsOf([[0]]))).toThrow(
      'action: expected [env=1, action=2], got [env=1, action=1]',
    )
  })
})

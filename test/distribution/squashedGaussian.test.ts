import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { diagonalGaussian, squashedGaussian } from '../../src/distribution/index.ts'
import { key } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import { squashedFamily } from './families.ts'

distributionLaws('squashedGaussian of 2 entries', squashedFamily(2))
distributionLaws('squashedGaussian of 1 entry', squashedFamily(1))

const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, kl, klGrad, fisher } =
  functionsOf(squashedGaussian)

const plain = functionsOf(diagonalGaussian)

const sized = (length: number) => ({ minLength: length, maxLength: length })

const actionsOf = (rows: readonly (readonly number[])[]) =>
  of(['env', 'action'], [rows.length, rows[0]!.length], Float64Array.from(rows.flat()))

/** E f(μ + σz, z) over z in [−12, 12], 64 times as fine as the library's own sum. */
const expectation = (mean: number, logStd: number, f: (u: number, z: number) => number): number => {
  let [total, mass] = [0, 0]
  for (let k = -12 * 256; k <= 12 * 256; k++) {
    const z = k / 256
    const weight = Math.exp((-z * z) / 2)
    mass += weight
    total += weight * f(mean + Math.exp(logStd) * z, z)
  }
  return total / mass
}

const logSlope = (u: number): number =>
  2 * (Math.LN2 - Math.abs(u) - Math.log1p(Math.exp(-2 * Math.abs(u))))

describe('squashedGaussian', () => {
  test('at a = 0 the density is the Gaussian’s; at tanh ½ it is N(½) / (1 − a²)', () => {
    const p = paramsOf([[0, 0]])
    const half = -0.5 * Math.log(2 * Math.PI)
    expectClose(toArray(logProb(p, actionsOf([[0]]))), [half], 1e-15, 0)
    const a = Math.tanh(0.5)
    expectClose(
      toArray(logProb(p, actionsOf([[a]]))),
      [half - 0.125 - Math.log(1 - a * a)],
      1e-14,
      0,
    )
    expectClose(toArray(logProbGrad(p, actionsOf([[a]]))), [0.5, -0.75], 1e-14, 0)
  })

  // Simpson's rule over a = tanh u would ask what is tested; over a itself, in 2 · 10⁵ steps.
  test.each([
    [0, 0],
    [1, -1],
    [-0.5, -0.5],
  ])(
    'the density of μ = %s, log σ = %s integrates to 1, with entropy −∫ p log p',
    (mean, logStd) => {
      const n = 200_000
      const rows = Array.from({ length: n }, (_, k) => [(2 * k + 1) / n - 1])
      const p = paramsOf(rows.map(() => [mean, logStd]))
      const logs = toArray(logProb(p, actionsOf(rows)))
      const integral = (f: (x: number) => number): number =>
        logs.reduce((sum, x) => sum + Math.exp(x) * f(x), 0) * (2 / n)
      expectClose(
        integral(() => 1),
        1,
        1e-6,
        0,
      )
      expectClose(
        integral((x) => -x),
        toArray(entropy(paramsOf([[mean, logStd]])))[0]!,
        0,
        1e-5,
      )
    },
  )

  test.each([
    { sigma: '1/e', logStd: -1, error: 1e-12, gradError: 1e-12 },
    { sigma: '1', logStd: 0, error: 1e-12, gradError: 1e-12 },
    { sigma: 'e', logStd: 1, error: 5e-7, gradError: 1e-5 },
    { sigma: 'e²', logStd: 2, error: 3e-3, gradError: 3e-2 },
  ])(
    'the entropy at σ = $sigma is off by less than $error for |μ| <= 3',
    ({ logStd, error, gradError }) => {
      for (let mean = -3; mean <= 3; mean += 0.25) {
        const p = paramsOf([[mean, logStd]])
        const h =
          0.5 * Math.log(2 * Math.PI * Math.E) + logStd + expectation(mean, logStd, logSlope)
        expectClose(toArray(entropy(p)), [h], 0, error)
        const std = Math.exp(logStd)
        expectClose(
          toArray(entropyGrad(p)),
          [
            expectation(mean, logStd, (u) => -2 * Math.tanh(u)),
            1 + expectation(mean, logStd, (u, z) => -2 * Math.tanh(u) * std * z),
          ],
          0,
          gradError,
        )
      }
    },
  )

  test.prop({ seed: fc.maxSafeNat(), mean: fc.double({ min: -2, max: 2, noNaN: true }) })(
    'draws and mode are those of the Gaussian through tanh',
    ({ seed, mean }) => {
      const p = paramsOf([[mean, 0, 0.1, -1]])
      for (const [actual, inside] of [
        [sample(key(seed), p), plain.sample(key(seed), p)],
        [mode(p), plain.mode(p)],
      ] as const)
        expectClose(toArray(actual), toArray(inside).map(Math.tanh), 1e-14, 1e-14)
    },
  )

  test.each([-740, -1e4, 710, 1e4])(
    'entropy and its gradient are no NaN at log σ = %d',
    (logStd) => {
      const p = paramsOf([[0.5, logStd]])
      for (const x of [...toArray(entropy(p)), ...toArray(entropyGrad(p))]) expect(x).not.toBeNaN()
    },
  )

  test.prop({ x: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), sized(8)) })(
    'KL and Fisher information are the Gaussians’',
    ({ x }) => {
      const [p, q] = [paramsOf([x.slice(0, 4)]), paramsOf([x.slice(4)])]
      expectSameBits(kl(p, q), plain.kl(p, q))
      expectSameBits(klGrad(p, q), plain.klGrad(p, q))
      expectSameBits(fisher(p, q), plain.fisher(p, q))
    },
  )

  test.each([
    ['f32', 1 - 2 ** -24],
    ['f64', 1 - 2 ** -53],
  ] as const)(
    'far out, %s actions stop at the last number below 1, where log p is finite',
    (type, last) => {
      const p = paramsOf([[100, -100, 0, 0]], type)
      for (const a of [mode(p), sample(key(1), p)]) {
        expect(a.dtype).toBe(type)
        expect(toArray(a)).toStrictEqual([last, -last])
        expect(toArray(logProb(p, a)).every(Number.isFinite)).toBe(true)
        expect(toArray(logProbGrad(p, a)).every(Number.isFinite)).toBe(true)
      }
      const wide = paramsOf([[100, -100, 9, 9]], type)
      expect(toArray(entropy(wide)).every(Number.isFinite)).toBe(true)
    },
  )

  test.each([
    ['f32', 8.66],
    ['f64', 18.71],
  ] as const)('%s actions hold |u| up to %d: further out each is scored as that one', (type, u) => {
    const scoreAt = (mean: number): number => {
      const p = paramsOf([[mean, 0]], type)
      return mean + toArray(logProbGrad(p, mode(p)))[0]!
    }
    expectClose([scoreAt(u + 1), scoreAt(u + 9)], [u, u], 0, 0.01)
  })

  // A grid of draws through storage: Σ over z ~ N(0, 1) of ∂log p / ∂μ, which is 0 of exact draws.
  test.each([
    ['f32', 5, 0],
    ['f32', 7, -0.018],
    ['f32', 9, -0.584],
    ['f64', 9, 0],
  ] as const)('the mean score of %s draws at μ = %d is %d', (type, mean, bias) => {
    const z = Array.from({ length: 16 * 512 + 1 }, (_, k) => k / 512 - 8)
    const p = paramsOf(
      z.map(() => [mean, 0]),
      type,
    )
    const drawn = mode(
      paramsOf(
        z.map((zi) => [mean + zi, 0]),
        type,
      ),
    )
    const scores = toArray(logProbGrad(p, drawn)).filter((_, at) => at % 2 === 0)
    const weights = z.map((zi) => Math.exp((-zi * zi) / 2))
    const total = weights.reduce((sum, w) => sum + w, 0)
    expectClose(scores.reduce((sum, s, i) => sum + s * weights[i]!, 0) / total, bias, 0, 1e-3)
  })

  test('an action on the border or beyond is refused with its address', () => {
    const p = paramsOf([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ])
    for (const f of [logProb, logProbGrad])
      for (const bad of [1, -1, 1.5, NaN])
        expect(() =>
          f(
            p,
            actionsOf([
              [0, 0],
              [0, bad],
            ]),
          ),
        ).toThrow(
          new RangeError(`action[env=1, action=1]: expected a number between -1 and 1, got ${bad}`),
        )
    expect(() => logProb(p, actionsOf([[0], [0]]))).toThrow(
      'action: expected [env=2, action=2], got [env=2, action=1]',
    )
    for (const f of [entropy, entropyGrad, mode])
      expect(() => f(paramsOf([[0, 0, 0]]))).toThrow('params: expected an even number')
  })
})

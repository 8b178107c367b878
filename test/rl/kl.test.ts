import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { categorical } from '../../src/distribution/index.ts'
import { approxKl, kl } from '../../src/rl/index.ts'
import { item, mean, of, toArray } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'

const sample = (x: ArrayLike<number>) => of(['sample'], [x.length], Float64Array.from(x))

const logits = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 })

const fitted = (x: readonly number[]) => categorical.at(of(['sample', 'param'], [1, x.length], x))

/** log p of every one of the categories, whose exact mean over p is Σ pᵢ f(i). */
const logSoftmax = (x: readonly number[]): number[] =>
  x.map((_, a) => item(fitted(x).logProb(of(['sample'], [1], Int32Array.of(a)))))

const expectation = (logP: readonly number[], f: readonly number[]): number =>
  logP.reduce((sum, lp, a) => sum + Math.exp(lp) * f[a]!, 0)

const exactKl = (p: readonly number[], q: readonly number[]): number =>
  item(fitted(p).kl(fitted(q)))

const estimates = (f: typeof kl.k1, old: readonly number[], now: readonly number[]) =>
  toArray(f(sample(logSoftmax(now)), sample(logSoftmax(old))))

describe('over actions of the old policy', () => {
  test.prop([logits, logits])('the mean of k1, and of k3, is KL(π_old ‖ π)', (old, now) => {
    const p = logSoftmax(old)
    for (const f of [kl.k1, kl.k3])
      expectClose(expectation(p, estimates(f, old, now)), exactKl(old, now), 1e-9, 1e-12)
  })

  test.prop([logits, logits])('that of k2 differs in third order', (old, toward) => {
    const error = (step: number): number => {
      const now = old.map((x, a) => x + step * toward[a]!)
      return expectation(logSoftmax(old), estimates(kl.k2, old, now)) - exactKl(old, now)
    }
    // Third order: |error| <= c h³, where h² alone would leave a KL of its own size.
    expect(Math.abs(error(1e-3))).toBeLessThan(1e-7)
  })

  test('that of k2 is not KL far away', () => {
    const [old, now] = [
      [2, 0, 0],
      [0, 0, 2],
    ]
    const biased = expectation(logSoftmax(old), estimates(kl.k2, old, now))
    expect(biased / exactKl(old, now)).toBeGreaterThan(1.2)
  })

  test.prop([logits, logits])(
    'k3 and k2 vary less than k1 where the policies are near',
    (old, toward) => {
      const spread = Math.max(...toward) - Math.min(...toward)
      fc.pre(spread > 0.1)
      const now = old.map((x, a) => x + 0.05 * toward[a]!)
      const p = logSoftmax(old)
      const variance = (f: typeof kl.k1): number => {
        const x = estimates(f, old, now)
        const center = expectation(p, x)
        return expectation(
          p,
          x.map((xi) => (xi - center) ** 2),
        )
      }
      expect(variance(kl.k3)).toBeLessThan(0.1 * variance(kl.k1))
      expect(variance(kl.k2)).toBeLessThan(0.1 * variance(kl.k1))
    },
  )
})

describe('by hand', () => {
  const [now, old] = [sample([Math.log(0.5), Math.log(0.25), -1]), sample([Math.log(0.25), 0, -1])]

  test.each([
    // r = 2, ¼ and 1
    ['k1', kl.k1, [-Math.LN2, 2 * Math.LN2, 0]],
    ['k2', kl.k2, [Math.LN2 ** 2 / 2, 2 * Math.LN2 ** 2, 0]],
    ['k3', kl.k3, [1 - Math.LN2, -0.75 + 2 * Math.LN2, 0]],
    ['k1Grad', kl.k1Grad, [-1, -1, -1]],
    ['k2Grad', kl.k2Grad, [Math.LN2, -2 * Math.LN2, 0]],
    ['k3Grad', kl.k3Grad, [1, -0.75, 0]],
  ])('%s', (_, f, expected) => {
    expectClose(toArray(f(now, old)), expected, 1e-14, 1e-15)
  })
})

describe.each([
  ['k1', kl.k1, kl.k1Grad],
  ['k2', kl.k2, kl.k2Grad],
  ['k3', kl.k3, kl.k3Grad],
] as const)('%s', (name, f, grad) => {
  const logProbs = fc.array(fc.double({ min: -4, max: 0, noNaN: true }), {
    minLength: 4,
    maxLength: 4,
  })

  test.prop([logProbs, logProbs])('has the gradient that central differences find', (x, old) => {
    const total = (now: Float64Array) =>
      toArray(f(sample(now), sample(old))).reduce((a, b) => a + b, 0)
    expectClose(toArray(grad(sample(x), sample(old))), numericGrad(total, x), 1e-6, 1e-8)
  })

  test.prop([logProbs, logProbs])('has approxKl as its mean', (x, old) => {
    const [now, then] = [sample(x), sample(old)]
    expect(approxKl(now, then, name)).toBe(mean(f(now, then)))
  })

  test('in f32 agrees with f64, and keeps the element type', () => {
    const [x, old] = [
      [-0.5, -1, -2],
      [-1, -0.25, -2],
    ] as const
    const narrow = (v: readonly number[]) => of(['sample'], [3], Float32Array.from(v))
    for (const g of [f, grad]) {
      const out = g(narrow(x), narrow(old))
      expect(out.dtype).toBe('f32')
      expectClose(toArray(out), toArray(g(sample(x), sample(old))), 1e-6, 1e-7)
    }
  })

  test('names the argument whose shape differs, and leaves its inputs as they are', () => {
    for (const g of [f, grad]) {
      expect(() => g(sample([0, 0]), sample([0]))).toThrow(
        'oldLogProb: expected [sample=2], got [sample=1]',
      )
      expectPure(g, sample([-1, -2]), sample([-2, -1]))
    }
  })
})

test.prop([fc.double({ min: -40, max: 40, noNaN: true })])('k2 and k3 are never negative', (x) => {
  for (const logRatio of [x, x * 1e-9]) {
    expect(item(kl.k2(sample([logRatio]), sample([0])))).toBeGreaterThanOrEqual(0)
    expect(item(kl.k3(sample([logRatio]), sample([0])))).toBeGreaterThanOrEqual(0)
  }
})

test('approxKl is k3 where no estimator is named', () => {
  const [now, old] = [sample([-1, -2]), sample([-2, -0.5])]
  expect(approxKl(now, old)).toBe(approxKl(now, old, 'k3'))
  expect(approxKl(now, old)).not.toBe(approxKl(now, old, 'k2'))
})

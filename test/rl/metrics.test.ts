import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import * as random from '../../src/random/index.ts'
import { approxKl, clipFraction, clipAloneGrad, explainedVariance } from '../../src/rl/index.ts'
import { data, of, pick, toArray } from '../../src/tensor/index.ts'
import { expectClose } from '../support/centralDifference.ts'

const sample = (x: readonly number[]) => of(['sample'], [x.length], x)
const logProbs = fc.array(fc.double({ min: -8, max: 0, noNaN: true }), {
  minLength: 1,
  maxLength: 9,
})
const pairs = logProbs.chain((now) =>
  fc.tuple(
    fc.constant(now),
    fc.array(fc.double({ min: -8, max: 0, noNaN: true }), {
      minLength: now.length,
      maxLength: now.length,
    }),
  ),
)

describe('approxKl', () => {
  test.prop([pairs])('is never negative', ([now, old]) => {
    expect(approxKl(sample(now), sample(old))).toBeGreaterThanOrEqual(0)
  })

  test.prop([fc.double({ min: -1e-7, max: 1e-7, noNaN: true })])(
    'is never negative next to equality either, where rounding is all there is',
    (step) => {
      expect(approxKl(sample([-1 + step]), sample([-1]))).toBeGreaterThanOrEqual(0)
    },
  )

  test.prop([logProbs])('is 0 where the policies agree', (now) => {
    expect(approxKl(sample(now), sample(now))).toBe(0)
  })

  test.each(['k4', 'toString'])('has no estimator %s', (name) => {
    expect(() => approxKl(sample([0]), sample([0]), name as 'k1')).toThrow(
      new RangeError(`estimator: expected one of k1, k2, k3, got ${name}`),
    )
  })

  test('is (r − 1) − log r, on the mean: ratios 2 and ½ give (1½ − 1) / 2', () => {
    const now = sample([Math.log(0.5), Math.log(0.25)])
    const old = sample([Math.log(0.25), Math.log(0.5)])
    expectClose(approxKl(now, old), 0.25, 1e-14, 0)
  })

  test('estimates KL(π_old ‖ π) from actions of π_old (5 standard errors: fails 1 seed in 1.7e6)', () => {
    const n = 20_000
    const [old, now] = [
      [0.7, 0.2, 0.1],
      [0.3, 0.3, 0.4],
    ] as const
    const logits = of(
      ['sample', 'param'],
      [n, 3],
      Float64Array.from({ length: 3 * n }, (_, i) => Math.log(old[i % 3]!)),
    )
    const action = toArray(random.categorical(random.key(7), logits))
    const estimate = approxKl(
      sample(action.map((a) => Math.log(now[a]!))),
      sample(action.map((a) => Math.log(old[a]!))),
    )
    const k3 = old.map((p, a) => now[a]! / p - 1 - Math.log(now[a]! / p))
    const kl = old.reduce((sum, p, a) => sum + p * Math.log(p / now[a]!), 0)
    const variance = old.reduce((sum, p, a) => sum + p * (k3[a]! - kl) ** 2, 0)
    const reverse = now.reduce((sum, q, a) => sum + q * Math.log(q / old[a]!), 0)
    const error = Math.sqrt(variance / n)
    expect(Math.abs(kl - reverse)).toBeGreaterThan(10 * error)
    expect(Math.abs(estimate - kl)).toBeLessThan(5 * error)
  })
})

describe('clipFraction', () => {
  test('counts ratios outside [1 − ε, 1 + ε] on both sides', () => {
    const ratios = [0.5, 0.79, 0.81, 1, 1.19, 1.21, 3, 1]
    const now = sample(ratios.map(Math.log))
    expect(clipFraction({ clip: 0.2 }, now, sample(ratios.map(() => 0)))).toBe(4 / 8)
  })

  test('with ε = 0 counts every ratio but 1', () => {
    const now = sample([-1, 0, 1, -1e-9])
    expect(clipFraction({ clip: 0 }, now, sample([0, 0, 0, 0]))).toBe(3 / 4)
  })

  test.prop([pairs, fc.double({ min: 0.01, max: 0.9, noNaN: true })])(
    'is the share of samples to which a clip leaves no gradient',
    ([now, old], clip) => {
      const advantage = sample(now.map(() => 1))
      const batch = { oldLogProb: sample(old), advantage }
      const flat = toArray(clipAloneGrad({ clip })(sample(now), batch)).filter((g) => g === 0)
      expect(clipFraction({ clip }, sample(now), sample(old))).toBe(flat.length / now.length)
    },
  )
})

describe('explainedVariance', () => {
  const returns = sample([1, 2, 3, 6])

  test('is 1 for a perfect value function, and for one that is off by a constant', () => {
    expect(explainedVariance(returns, returns)).toBe(1)
    expect(explainedVariance(sample([2, 3, 4, 7]), returns)).toBe(1)
  })

  test('is 0 for one that says the same everywhere', () => {
    expect(explainedVariance(sample([3, 3, 3, 3]), returns)).toBe(0)
  })

  test('is −3 for one with the opposite sign: Var(2G) / Var(G) = 4', () => {
    expect(explainedVariance(sample([-1, -2, -3, -6]), returns)).toBe(-3)
  })

  test('is NaN where the returns do not vary', () => {
    expect(explainedVariance(returns, sample([2, 2, 2, 2]))).toBeNaN()
  })
})

test('a shape that differs is named', () => {
  const [two, three] = [sample([0, 0]), sample([0, 0, 0])]
  const differs = (argument: string) => `${argument}: expected [sample=2], got [sample=3]`
  expect(() => approxKl(two, three)).toThrow(differs('oldLogProb'))
  expect(() => clipFraction({ clip: 0.2 }, two, three)).toThrow(differs('oldLogProb'))
  expect(() => explainedVariance(two, three)).toThrow(differs('returns'))
})

test('views count as what they show, not as what lies beneath', () => {
  const matrix = of(['row', 'sample'], [2, 2], [-1, -2, -1, -2])
  expect(approxKl(pick(matrix, 0), pick(matrix, 1))).toBe(0)
  expect(data(pick(matrix, 1)).length).toBe(2)
})

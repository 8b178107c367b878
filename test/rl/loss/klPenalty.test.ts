import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { kl, klPenalty } from '../../../src/rl/index.ts'
import { of, toArray } from '../../../src/tensor/index.ts'
import { expectPure } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'

const sample = (x: ArrayLike<number>) => of(['sample'], [x.length], Float64Array.from(x))

const sumOf = (x: Parameters<typeof toArray>[0]) => toArray(x).reduce((a, b) => a + b, 0)

describe('objective', () => {
  const betas = fc.double({ min: 0, max: 5, noNaN: true })
  const rows = fc.array(
    fc.tuple(
      fc.double({ min: -3, max: 0, noNaN: true }),
      fc.double({ min: -3, max: 0, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 2, noNaN: true }),
    ),
    { minLength: 1, maxLength: 5 },
  )

  test('is r Â − β KL: r = 2, Â = 3, β = 4, KL = ½', () => {
    const batch = { oldLogProb: sample([Math.log(0.25)]), advantage: sample([3]) }
    const logProb = sample([Math.log(0.5)])
    expectClose(
      toArray(klPenalty.objective({ beta: 4 })(logProb, batch, sample([0.5]))),
      [4],
      1e-14,
      0,
    )
    const { dLogProb, dKl } = klPenalty.objectiveGrad({ beta: 4 })(logProb, batch)
    expectClose(toArray(dLogProb), [6], 1e-14, 0)
    expect(toArray(dKl)).toEqual([-4])
  })

  test.prop([rows, betas])('has the partial derivatives of central differences', (all, beta) => {
    const [logProb, old, advantage, far] = [0, 1, 2, 3].map((j) => all.map((row) => row[j]!))
    const batch = { oldLogProb: sample(old!), advantage: sample(advantage!) }
    const objective = klPenalty.objective({ beta })
    const { dLogProb, dKl } = klPenalty.objectiveGrad({ beta })(sample(logProb!), batch)
    const inLogProb = numericGrad((x) => sumOf(objective(sample(x), batch, sample(far!))), logProb!)
    const inKl = numericGrad((x) => sumOf(objective(sample(logProb!), batch, sample(x))), far!)
    expectClose(toArray(dLogProb), inLogProb, 1e-6, 1e-8)
    expectClose(toArray(dKl), inKl, 1e-6, 1e-8)
  })

  test.prop([rows, betas])('of an estimated KL has the slope r Â − β k₃′', (all, beta) => {
    const [logProb, old, advantage] = [0, 1, 2].map((j) => all.map((row) => row[j]!))
    const batch = { oldLogProb: sample(old!), advantage: sample(advantage!) }
    const whole = (x: Float64Array) =>
      sumOf(klPenalty.objective({ beta })(sample(x), batch, kl.k3(sample(x), batch.oldLogProb)))
    const { dLogProb, dKl } = klPenalty.objectiveGrad({ beta })(sample(logProb!), batch)
    const k3Grad = toArray(kl.k3Grad(sample(logProb!), batch.oldLogProb))
    const slope = toArray(dLogProb).map((d, i) => d + toArray(dKl)[i]! * k3Grad[i]!)
    expectClose(slope, numericGrad(whole, logProb!), 1e-6, 1e-8)
  })

  test('costs nothing where β = 0', () => {
    const zero = sample([0])
    const batch = { oldLogProb: zero, advantage: sample([2]) }
    expect(toArray(klPenalty.objective({ beta: 0 })(zero, batch, sample([9])))).toEqual([2])
  })

  test.each([-1, NaN])('throws for β = %d', (beta) => {
    const error = new RangeError(`beta: expected a number >= 0, got ${beta}`)
    expect(() => klPenalty.objective({ beta })).toThrow(error)
    expect(() => klPenalty.objectiveGrad({ beta })).toThrow(error)
  })

  test('names the argument whose shape differs, and leaves its inputs as they are', () => {
    const [two, three] = [sample([-1, -2]), sample([0, 0, 0])]
    const batch = { oldLogProb: two, advantage: two }
    expect(() => klPenalty.objective({ beta: 1 })(two, batch, three)).toThrow(
      'kl: expected [sample=2], got [sample=3]',
    )
    expectPure(klPenalty.objective({ beta: 1 }), two, batch, two)
    expectPure(klPenalty.objectiveGrad({ beta: 1 }), two, batch)
  })
})

describe('adaptBeta', () => {
  const adapt = klPenalty.adaptBeta({ target: 0.75 })

  test.each([
    [0, 4],
    [0.4999, 4],
    [0.5, 8], //    target / 1.5 itself
    [0.75, 8],
    [1.125, 8], //  1.5 target itself
    [1.1251, 16],
    [Infinity, 16],
  ])('for a target of 0.75 and a KL of %d takes β from 8 to %d', (far, next) => {
    expect(adapt(8, far)).toBe(next)
  })

  test('brings the KL of a policy that yields to β to the target', () => {
    // A policy that moves by 1 / β: β settles where 1 / β is within 1.5 times the target.
    for (let beta = 1e-5, i = 0; i < 40; i++) {
      beta = adapt(beta, 1 / beta)
      if (i > 30) expect(Math.abs(Math.log(1 / beta / 0.75))).toBeLessThanOrEqual(Math.log(2))
    }
  })

  test('keeps β within [1e-10, 1e10], so that it can always come back', () => {
    let beta = 1
    for (let i = 0; i < 2000; i++) beta = adapt(beta, 0)
    expect(beta).toBe(1e-10)
    expect(adapt(beta, 9)).toBe(2e-10)
    for (let i = 0; i < 2000; i++) beta = adapt(beta, 9)
    expect(beta).toBe(1e10)
    expect(adapt(beta, 0)).toBe(5e9)
  })

  test.each([0, -1, NaN])('throws for a target, and for a β, of %d', (x) => {
    expect(() => klPenalty.adaptBeta({ target: x })).toThrow(
      new RangeError(`target: expected a number > 0, got ${x}`),
    )
    expect(() => adapt(x, 1)).toThrow(new RangeError(`beta: expected a number > 0, got ${x}`))
  })

  test('throws for a KL of NaN', () => {
    expect(() => adapt(1, NaN)).toThrow(new RangeError('kl: expected a number, got NaN'))
  })
})

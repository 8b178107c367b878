import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { f64 } from '../../../src/math/real.ts'
import {
  clippedSurrogate,
  clippedSurrogateGrad,
  clipAlone,
  clipAloneGrad,
} from '../../../src/rl/index.ts'
import { item, of, toArray } from '../../../src/tensor/index.ts'
import { expectPure } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'

const sample = (x: ArrayLike<number>) => of(['sample'], [x.length], Float64Array.from(x))

/** f at one sample of log-ratio x. */
const at =
  (surrogate: typeof clippedSurrogate, clip: number) =>
  (logRatio: number, advantage: number): number =>
    item(
      surrogate({ clip })(sample([logRatio]), {
        oldLogProb: sample([0]),
        advantage: sample([advantage]),
      }),
    )

const clips = fc.double({ min: 0.05, max: 0.5, noNaN: true })
const logRatios = fc.double({ min: -1.5, max: 1.5, noNaN: true })
const advantagesOf = fc.double({ min: -3, max: 3, noNaN: true })

const awayFromKinks = (logRatio: number, clip: number): boolean =>
  Math.abs(logRatio - Math.log(1 + clip)) > 1e-3 && Math.abs(logRatio - Math.log(1 - clip)) > 1e-3

describe('the six cases: ε = 0.2, r = ½, 1, 1½ and Â = ±2', () => {
  test.each([
    //  r    Â   with min: L, ∂L    without: L, ∂L
    [0.5, 2, 1, 1, 1.6, 0], //     good but made unlikely: comes back, unless the minimum is left out
    [1, 2, 2, 2, 2, 2], //         good: more likely
    [1.5, 2, 2.4, 0, 2.4, 0], //   good and likely enough
    [0.5, -2, -1.6, 0, -1.6, 0], // bad and unlikely enough
    [1, -2, -2, -2, -2, -2], //    bad: less likely
    [1.5, -2, -3, -3, -2.4, 0], // bad but made likely: comes back, unless the minimum is left out
    [0.5, 0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0, 0],
    [1.5, 0, 0, 0, 0, 0],
  ])('r = %d, Â = %d', (r, a, withMin, gradWithMin, without, gradWithout) => {
    const x = Math.log(r)
    expectClose(at(clippedSurrogate, 0.2)(x, a), withMin, 1e-14, 0)
    expectClose(at(clippedSurrogateGrad, 0.2)(x, a), gradWithMin, 1e-14, 0)
    expectClose(at(clipAlone, 0.2)(x, a), without, 1e-14, 0)
    expectClose(at(clipAloneGrad, 0.2)(x, a), gradWithout, 1e-14, 0)
  })
})

describe('ε = 0 trusts only the ratio 1', () => {
  test.each([
    //  r    Â   with min: L, ∂L    without: L, ∂L
    [0.5, 2, 1, 1, 2, 0], //     good but made unlikely: comes back
    [1, 2, 2, 2, 2, 2], //       untouched: both move
    [1.5, 2, 2, 0, 2, 0], //     good and likelier: enough
    [0.5, -2, -2, 0, -2, 0], //  bad and unlikelier: enough
    [1, -2, -2, -2, -2, -2],
    [1.5, -2, -3, -3, -2, 0], // bad but made likely: comes back
  ])('r = %d, Â = %d', (r, a, withMin, gradWithMin, without, gradWithout) => {
    const x = Math.log(r)
    expectClose(at(clippedSurrogate, 0)(x, a), withMin, 1e-14, 0)
    expectClose(at(clippedSurrogateGrad, 0)(x, a), gradWithMin, 1e-14, 0)
    expectClose(at(clipAlone, 0)(x, a), without, 1e-14, 0)
    expectClose(at(clipAloneGrad, 0)(x, a), gradWithout, 1e-14, 0)
  })
})

describe('clippedSurrogate', () => {
  test.prop([logRatios, advantagesOf, clips])(
    'is a lower bound of the unclipped objective r Â, and of the clipped one',
    (x, a, clip) => {
      const l = at(clippedSurrogate, clip)(x, a)
      expect(l).toBeLessThanOrEqual(f64.exp(x) * a)
      expect(l).toBeLessThanOrEqual(at(clipAlone, clip)(x, a))
    },
  )

  test.prop([advantagesOf, clips])('is Â, with slope Â, at the policy that acted', (a, clip) => {
    expect(at(clippedSurrogate, clip)(0, a)).toBe(a)
    expect(at(clippedSurrogateGrad, clip)(0, a)).toBe(a)
  })
})

describe('clippedSurrogateGrad', () => {
  test.prop([logRatios, advantagesOf, clips])(
    'is 0 just where the objective is flat, and the unclipped r Â elsewhere',
    (x, a, clip) => {
      fc.pre(awayFromKinks(x, clip))
      const r = f64.exp(x)
      const flat = (a > 0 && r > 1 + clip) || (a < 0 && r < 1 - clip)
      expect(at(clippedSurrogateGrad, clip)(x, a) + 0).toBe(flat ? 0 : r * a + 0)
    },
  )

  test.prop([logRatios, advantagesOf, clips])(
    'never points a sample that is outside the interval further out',
    (x, a, clip) => {
      fc.pre(awayFromKinks(x, clip))
      const uphill = at(clippedSurrogateGrad, clip)(x, a)
      if (f64.exp(x) > 1 + clip) expect(uphill).toBeLessThanOrEqual(0)
      if (f64.exp(x) < 1 - clip) expect(uphill).toBeGreaterThanOrEqual(0)
    },
  )

  test.prop([logRatios, advantagesOf.filter((a) => Math.abs(a) > 1e-3), clips])(
    'brings a sample back that left the interval on its losing side',
    (x, a, clip) => {
      fc.pre(awayFromKinks(x, clip))
      const uphill = at(clippedSurrogateGrad, clip)(x, a)
      if (f64.exp(x) > 1 + clip && a < 0) expect(uphill).toBeLessThan(0)
      if (f64.exp(x) < 1 - clip && a > 0) expect(uphill).toBeGreaterThan(0)
    },
  )
})

describe('clippedWithoutMinGrad', () => {
  test.prop([logRatios, advantagesOf, clips])(
    'is 0 outside the interval on either side, and r Â inside',
    (x, a, clip) => {
      fc.pre(awayFromKinks(x, clip))
      const r = f64.exp(x)
      const inside = r > 1 - clip && r < 1 + clip
      expect(at(clipAloneGrad, clip)(x, a) + 0).toBe(inside ? r * a + 0 : 0)
    },
  )
})

describe.each([
  ['clippedSurrogate', clippedSurrogate, clippedSurrogateGrad],
  ['clippedWithoutMin', clipAlone, clipAloneGrad],
])('%s', (_, f, grad) => {
  test.prop([
    fc.array(fc.tuple(logRatios, fc.double({ min: -3, max: 0, noNaN: true }), advantagesOf), {
      minLength: 1,
      maxLength: 6,
    }),
    clips,
  ])('has the gradient that central differences find', (samples, clip) => {
    fc.pre(samples.every(([x]) => awayFromKinks(x, clip)))
    const logProb = samples.map(([x, old]) => old + x)
    const batch = {
      oldLogProb: sample(samples.map(([, old]) => old)),
      advantage: sample(samples.map(([, , a]) => a)),
    }
    const total = (x: Float64Array) =>
      toArray(f({ clip })(sample(x), batch)).reduce((a, b) => a + b, 0)
    const expected = numericGrad(total, logProb, 1e-4)
    expectClose(toArray(grad({ clip })(sample(logProb), batch)), expected, 1e-6, 1e-9)
  })

  // r is a number that exp gives, and ε the exact distance to it, so that r = 1 ± ε to the bit.
  test.each([
    ['1 + ε', 0.2, 1],
    ['1 + ε', 0.2, -1],
    ['1 − ε', -0.2, 1],
    ['1 − ε', -0.2, -1],
  ])('at the kink r = %s takes the unclipped side (log r = %d, Â = %d)', (_kink, x, a) => {
    const r = f64.exp(x)
    const clip = Math.abs(r - 1)
    expect(x > 0 ? 1 + clip : 1 - clip).toBe(r)
    expect(at(grad, clip)(x, a)).toBe(r * a)
  })

  test('makes NaN of NaN: a broken number is not a sample without a gradient', () => {
    expect(at(grad, 0.2)(NaN, 1)).toBeNaN()
    expect(at(grad, 0.2)(0, NaN)).toBeNaN()
    expect(at(f, 0.2)(NaN, 1)).toBeNaN()
    expect(at(f, 0.2)(0, NaN)).toBeNaN()
  })

  test.each([-0.1, -Number.MIN_VALUE, NaN])('throws for ε = %d', (clip) => {
    const error = new RangeError(`clip: expected a number >= 0, got ${clip}`)
    expect(() => f({ clip })).toThrow(error)
    expect(() => grad({ clip })).toThrow(error)
  })

  test('names the argument whose shape differs', () => {
    const [two, three] = [sample([0, 0]), sample([0, 0, 0])]
    expect(() => grad({ clip: 0.2 })(two, { oldLogProb: three, advantage: two })).toThrow(
      'oldLogProb: expected [sample=2], got [sample=3]',
    )
    expect(() => f({ clip: 0.2 })(two, { oldLogProb: two, advantage: three })).toThrow(
      'advantage: expected [sample=2], got [sample=3]',
    )
  })

  test('leaves its inputs as they are', () => {
    const x = sample([-1, 0, 1])
    expectPure(f({ clip: 0.2 }), x, { oldLogProb: sample([0, 0, 0]), advantage: x })
    expectPure(grad({ clip: 0.2 }), x, { oldLogProb: sample([0, 0, 0]), advantage: x })
  })
})

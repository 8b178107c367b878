import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { valueLoss, valueLossGrad } from '../../../src/rl/index.ts'
import { item, of, toArray } from '../../../src/tensor/index.ts'
import { expectPure } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'

const sample = (x: ArrayLike<number>) => of(['sample'], [x.length], Float64Array.from(x))

const at =
  (f: typeof valueLoss, valueClip: number | null) =>
  (value: number, oldValue: number, returns: number): number =>
    item(
      f({ valueClip })(sample([value]), {
        oldValue: sample([oldValue]),
        returns: sample([returns]),
      }),
    )

const numbers = fc.double({ min: -3, max: 3, noNaN: true })
const clips = fc.double({ min: 0.05, max: 1, noNaN: true })

/** The clipped loss has kinks where |V − V_old| = ε and where both squares are the same. */
const awayFromKinks = (v: number, old: number, target: number, clip: number): boolean => {
  const edge = old + Math.sign(v - old) * clip
  return (
    Math.abs(Math.abs(v - old) - clip) > 1e-2 &&
    (Math.abs(v - old) < clip || Math.abs(Math.abs(v - target) - Math.abs(edge - target)) > 1e-2)
  )
}

describe('valueLoss', () => {
  test.prop([numbers, numbers, numbers])('without a clip is ½ (V − G)²', (v, old, target) => {
    expectClose(at(valueLoss, null)(v, old, target), (v - target) ** 2 / 2, 1e-14, 0)
  })

  test.prop([numbers, numbers, numbers, clips])(
    'with a clip is no less than without',
    (v, old, target, clip) => {
      expect(at(valueLoss, clip)(v, old, target)).toBeGreaterThanOrEqual(
        at(valueLoss, null)(v, old, target),
      )
    },
  )

  test.prop([numbers, fc.double({ min: -1, max: 1, noNaN: true }), numbers, clips])(
    'is the plain one where V has moved by no more than ε',
    (old, share, target, clip) => {
      const v = old + share * clip
      const plain = at(valueLoss, null)(v, old, target)
      expectClose(at(valueLoss, clip)(v, old, target), plain, 1e-12, 1e-12)
    },
  )

  // V_old = 0, ε = ½, G = 2: V is asked to rise, and gains nothing by rising beyond ½.
  test.each([
    [-1, 4.5, -3], //    moved the wrong way, further than ε: pulled back at full strength
    [0.25, 1.53125, -1.75],
    [1, 1.125, 0], //    (½ − 2)² / 2: risen enough for one update
    [2, 1.125, 0], //    even at the target itself
    [3, 1.125, 0],
    [4, 2, 2], //        beyond 3½ the plain square is the greater one again
  ])('V = %d: loss %d, slope %d', (v, loss, slope) => {
    expect(at(valueLoss, 0.5)(v, 0, 2)).toBe(loss)
    expect(at(valueLossGrad, 0.5)(v, 0, 2)).toBe(slope)
  })
})

describe('valueLossGrad', () => {
  test.prop([
    fc.array(fc.tuple(numbers, numbers, numbers), { minLength: 1, maxLength: 6 }),
    fc.option(clips),
  ])('is what central differences find', (samples, clip) => {
    fc.pre(
      clip === null || samples.every(([v, old, target]) => awayFromKinks(v, old, target, clip)),
    )
    const batch = {
      oldValue: sample(samples.map(([, old]) => old)),
      returns: sample(samples.map(([, , target]) => target)),
    }
    const value = samples.map(([v]) => v)
    const total = (x: Float64Array) =>
      toArray(valueLoss({ valueClip: clip })(sample(x), batch)).reduce((a, b) => a + b, 0)
    const expected = numericGrad(total, value, 1e-4)
    expectClose(
      toArray(valueLossGrad({ valueClip: clip })(sample(value), batch)),
      expected,
      1e-6,
      1e-8,
    )
  })

  test.prop([numbers, numbers, numbers, clips])(
    'never pulls V further away from V_old than ε',
    (v, old, target, clip) => {
      fc.pre(awayFromKinks(v, old, target, clip))
      const slope = at(valueLossGrad, clip)(v, old, target)
      if (v > old + clip) expect(slope).toBeGreaterThanOrEqual(0)
      if (v < old - clip) expect(slope).toBeLessThanOrEqual(0)
    },
  )

  test.each([
    ['V leaves the interval towards G', 0.5, -1.5],
    ['the plain square has caught up', 3.5, 1.5],
  ])('at the kink where %s takes the plain side', (_, v, slope) => {
    expect(at(valueLossGrad, 0.5)(v, 0, 2)).toBe(slope)
    expect(at(valueLossGrad, 0.5)(-v, 0, -2)).toBe(-slope)
  })

  test('makes NaN of NaN: a broken number is not a sample without a gradient', () => {
    for (const clip of [null, 0.5]) {
      expect(at(valueLossGrad, clip)(NaN, 0, 1)).toBeNaN()
      expect(at(valueLossGrad, clip)(0, 0, NaN)).toBeNaN()
      expect(at(valueLoss, clip)(NaN, 0, 1)).toBeNaN()
      expect(at(valueLoss, clip)(0, 0, NaN)).toBeNaN()
    }
  })

  test('names the argument whose shape differs, and leaves its inputs as they are', () => {
    const [two, three] = [sample([0, 0]), sample([0, 0, 0])]
    expect(() =>
      valueLossGrad({ valueClip: null })(two, { oldValue: two, returns: three }),
    ).toThrow('returns: expected [sample=2], got [sample=3]')
    expectPure(valueLoss({ valueClip: 0.2 }), two, { oldValue: two, returns: two })
    expectPure(valueLossGrad({ valueClip: 0.2 }), two, { oldValue: two, returns: two })
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { valueLoss, valueLossGrad, valueTerm, type ValueLossConfig } from '../../../src/rl/index.ts'
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

/** The loss of one sample and its derivative, with the config's ε. */
const termOf = (config: ValueLossConfig) => {
  const { value, grad } = valueTerm(config)
  const clip = config.valueClip ?? NaN
  return {
    value: (v: number, old: number, target: number) => value(v, old, target, clip),
    grad: (v: number, old: number, target: number) => grad(v, old, target, clip),
  }
}

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

describe('alone: the counter-example', () => {
  const config = { valueClip: 0.5, valueClipKind: 'alone' } as const

  // V_old = 0, ε = ½, G = 2, as above.
  test.each([
    [-1, 3.125, 0], //   moved the wrong way, and never pulled back
    [-0.5, 3.125, -2.5], // on the border V still counts
    [0.25, 1.53125, -1.75],
    [0.5, 1.125, -1.5],
    [1, 1.125, 0],
    [4, 1.125, 0], //    far beyond the target, and never pulled back
  ])('V = %d: loss %d, slope %d', (v, loss, slope) => {
    expect(termOf(config).value(v, 0, 2)).toBe(loss)
    expect(termOf(config).grad(v, 0, 2)).toBe(slope)
  })

  test.prop([numbers, numbers, numbers, clips])('is no more than `max`', (v, old, target, clip) => {
    const loss = (valueClipKind: 'max' | 'alone') =>
      termOf({ valueClip: clip, valueClipKind }).value(v, old, target)
    expect(loss('alone')).toBeLessThanOrEqual(loss('max'))
  })

  test('has no effect without a clip', () => {
    const term = termOf({ valueClip: null, valueClipKind: 'alone' })
    expect([term.value(4, 0, 2), term.grad(4, 0, 2)]).toEqual([2, 2])
  })
})

describe('with ε = 0 the interval is the point V_old', () => {
  // V_old = 1, G = 3: V_clip is 1 whatever V is, with an error of −2.
  test.each([
    ['max', 1, 2, -2], //       inside: nothing has moved, and l′(V − G)
    ['max', 1.5, 2, 0], //      any move towards G is one too many
    ['max', 5, 2, 2], //        both errors are 2: the plain side
    ['max', 6, 4.5, 3],
    ['max', 0, 4.5, -3], //     a move away from G is pulled back
    ['alone', 1, 2, -2],
    ['alone', 1.5, 2, 0],
    ['alone', 0, 2, 0],
  ] as const)('%s, V = %d: loss %d, slope %d', (valueClipKind, v, loss, slope) => {
    for (const valueClip of [0, -0]) {
      const { value, grad } = termOf({ valueClip, valueClipKind })
      expect([value(v, 1, 3), grad(v, 1, 3)]).toEqual([loss, slope])
    }
  })

  test.prop([numbers, numbers, numbers])('is what a very small ε comes to', (v, old, target) => {
    for (const valueClipKind of ['max', 'alone'] as const) {
      const at = (valueClip: number) => termOf({ valueClip, valueClipKind }).value(v, old, target)
      expectClose(at(0), at(1e-9), 1e-6, 1e-7)
    }
  })
})

describe('Huber', () => {
  // δ = 1: ½x² up to it, then x − ½.
  test.each([
    [0, 0, 0],
    [0.5, 0.125, 0.5],
    [1, 0.5, 1],
    [1.5, 1, 1],
    [4, 3.5, 1],
  ])('of an error of ±%d is %d, with slope ±%d', (x, loss, slope) => {
    const { value, grad } = termOf({ valueClip: null, huber: 1 })
    expect([value(3 + x, 9, 3), grad(3 + x, 9, 3)]).toEqual([loss, slope])
    expect([value(3 - x, 9, 3), grad(3 - x, 9, 3) + 0]).toEqual([loss, -slope + 0])
  })

  test('scales with δ: of 5 at δ = 2 it is 2 (5 − 1)', () => {
    expect(termOf({ valueClip: null, huber: 2 }).value(5, 0, 0)).toBe(8)
  })

  // V_old = 0, ε = ½, G = 2, δ = 1.
  test.each([
    ['max', -1, 2.5, -1],
    ['max', 1, 1, 0],
    ['max', 3.5, 1, 1], // both errors are 1½: the plain side
    ['max', 4, 1.5, 1],
    ['alone', -1, 2, 0],
    ['alone', 0.25, 1.25, -1],
    ['alone', 4, 1, 0],
  ] as const)(
    'takes the place of the squares: %s, V = %d: %d, slope %d',
    (kind, v, loss, slope) => {
      const { value, grad } = termOf({ valueClip: 0.5, valueClipKind: kind, huber: 1 })
      expect([value(v, 0, 2), grad(v, 0, 2)]).toEqual([loss, slope])
    },
  )

  test.prop([numbers, numbers, numbers, fc.option(clips)])(
    'with δ out of reach is ½x², to the bit; so is null, and so is nothing said',
    (v, old, target, valueClip) => {
      const plain = termOf({ valueClip })
      for (const huber of [100, null]) {
        const term = termOf({ valueClip, huber, valueClipKind: 'max' })
        expect(term.value(v, old, target)).toBe(plain.value(v, old, target))
        expect(term.grad(v, old, target)).toBe(plain.grad(v, old, target))
      }
    },
  )

  test.prop([
    fc.array(fc.tuple(numbers, numbers, numbers), { minLength: 1, maxLength: 6 }),
    fc.option(clips),
    fc.constantFrom<'max' | 'alone'>('max', 'alone'),
    fc.option(fc.double({ min: 0.1, max: 2, noNaN: true })),
  ])('has the gradient that central differences find, in each kind', (rows, clip, kind, delta) => {
    const away = (x: number) => delta === null || Math.abs(Math.abs(x) - delta) > 1e-2
    fc.pre(
      rows.every(
        ([v, old, target]) =>
          away(v - target) && (clip === null || awayFromKinks(v, old, target, clip)),
      ),
    )
    const config = { valueClip: clip, valueClipKind: kind, huber: delta }
    const batch = {
      oldValue: sample(rows.map(([, old]) => old)),
      returns: sample(rows.map(([, , target]) => target)),
    }
    const value = rows.map(([v]) => v)
    const total = (x: Float64Array) =>
      toArray(valueLoss(config)(sample(x), batch)).reduce((a, b) => a + b, 0)
    expectClose(
      toArray(valueLossGrad(config)(sample(value), batch)),
      numericGrad(total, value, 1e-4),
      1e-6,
      1e-8,
    )
  })

  test('makes NaN of NaN', () => {
    const { value, grad } = termOf({ valueClip: null, huber: 1 })
    expect([value(NaN, 0, 1), grad(NaN, 0, 1), value(1, 0, NaN), grad(1, 0, NaN)]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ])
  })
})

describe('throws', () => {
  test.each([-Number.MIN_VALUE, -1, NaN])('for ε of %d', (x) => {
    for (const valueClipKind of ['max', 'alone'] as const)
      for (const f of [valueLoss, valueLossGrad])
        expect(() => f({ valueClip: x, valueClipKind })).toThrow(
          new RangeError(`valueClip: expected a number >= 0, got ${x}`),
        )
  })

  test.each([null, 0.2])('for a kind that there is not, with ε of %s', (valueClip) => {
    expect(() => valueLoss({ valueClip, valueClipKind: 'min' as 'max' })).toThrow(
      new RangeError('valueClipKind: expected one of max, alone, got min'),
    )
  })

  test.each([0, -1, NaN])('for δ of %d', (x) => {
    expect(() => valueTerm({ valueClip: null, huber: x })).toThrow(
      new RangeError(`huber: expected a number > 0, got ${x}`),
    )
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { moments, type Moments } from '../../src/rl/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

type Rows = readonly (readonly number[])[]

const tensorOf = (rows: Rows, features = 2) =>
  of(['row', 'feature'], [rows.length, features], Float64Array.from(rows.flat()))

const momentsOf = (rows: Rows): Moments => moments.of(tensorOf(rows))

const number = fc.double({ min: -100, max: 100, noNaN: true })
const rows = (minLength = 0) => fc.array(fc.tuple(number, number), { minLength, maxLength: 12 })

/** Equal but for rounding; the data lie within ±100, their squares within 10⁴. */
const expectAlike = (a: Moments, b: Moments): void => {
  expect(a.count).toBe(b.count)
  expectClose(toArray(a.mean), toArray(b.mean), 1e-12, 1e-11)
  expectClose(toArray(a.m2), toArray(b.m2), 1e-12, 1e-9)
}

describe('of', () => {
  test('is number, mean and Σ (x − mean)², feature by feature', () => {
    const m = momentsOf([
      [1, 10],
      [2, 10],
      [6, 40],
    ])
    expect([m.count, toArray(m.mean), toArray(m.m2)]).toEqual([3, [3, 20], [14, 600]])
    expect([m.mean.dims, m.mean.dtype, m.m2.dtype]).toEqual([['feature'], 'f64', 'f64'])
  })

  test('of one row is that row, without a spread', () => {
    const m = momentsOf([[0.1, -7]])
    expect([m.count, toArray(m.mean), toArray(m.m2)]).toEqual([1, [0.1, -7], [0, 0]])
  })

  test('of no row is empty', () => {
    expectSameBits(momentsOf([]), moments.empty(2))
    expectSameBits(moments.empty(1).mean, of(['feature'], [1], [0]))
  })

  test.prop([number, fc.integer({ min: 1, max: 50 })])(
    'of a feature that never changes has no spread at all',
    (x, n) => {
      const m = momentsOf(Array.from({ length: n }, () => [x, x]))
      expect(toArray(m.mean)).toEqual([x + 0, x + 0])
      expect(toArray(m.m2)).toEqual([0, 0])
    },
  )

  test.prop([fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 20 })])(
    'keeps its digits far from 0',
    (x) => {
      const near = moments.of(
        tensorOf(
          x.map((xi) => [xi]),
          1,
        ),
      )
      const far = moments.of(
        tensorOf(
          x.map((xi) => [1e8 + xi]),
          1,
        ),
      )
      expectClose(toArray(far.mean), [1e8 + toArray(near.mean)[0]!], 1e-15, 0)
      expectClose(toArray(far.m2), toArray(near.m2), 1e-7, 1e-9)
    },
  )

  test('takes f32 rows, and sums them in f64', () => {
    const x = Float32Array.from({ length: 1000 }, (_, i) => 0.1 + i)
    const m = moments.of(of(['row', 'feature'], [1000, 1], x))
    const wide = moments.of(of(['row', 'feature'], [1000, 1], Float64Array.from(x)))
    expectSameBits(m, wide)
  })

  test('names x where its last dimension is not feature, and leaves it unchanged', () => {
    const wrong = of(['row', 'column'], [1, 1], [0]) as unknown as ReturnType<typeof tensorOf>
    expect(() => moments.of(wrong)).toThrow('x: expected [row, feature], got [row=1, column=1]')
    expectPure(moments.of, tensorOf([[1, 2]]))
  })
})

describe('merge', () => {
  test.prop([rows(), rows()])('is the moments of all rows together', (a, b) => {
    expectAlike(moments.merge(momentsOf(a), momentsOf(b)), momentsOf([...a, ...b]))
  })

  test.prop([rows(1), fc.array(fc.nat(12), { maxLength: 4 })])(
    'of any split of the rows is the whole, and in one order one thing to the bit',
    (all, cuts) => {
      const at = [0, ...cuts.map((c) => Math.min(c, all.length)).toSorted((a, b) => a - b)]
      const parts = at.map((from, i) => all.slice(from, at[i + 1] ?? all.length))
      const merged = () => parts.map(momentsOf).reduce(moments.merge, moments.empty(2))
      expectAlike(merged(), momentsOf(all))
      expectSameBits(merged(), merged())
    },
  )

  test.prop([rows(), rows()])('commutes, but for rounding', (a, b) => {
    expectAlike(
      moments.merge(momentsOf(a), momentsOf(b)),
      moments.merge(momentsOf(b), momentsOf(a)),
    )
  })

  test.prop([rows(), rows(), rows()])('is associative, but for rounding', (a, b, c) => {
    const [x, y, z] = [momentsOf(a), momentsOf(b), momentsOf(c)]
    expectAlike(moments.merge(moments.merge(x, y), z), moments.merge(x, moments.merge(y, z)))
  })

  test.prop([rows()])('with nothing changes nothing, to the bit', (a) => {
    const m = momentsOf(a)
    expectSameBits(moments.merge(m, moments.empty(2)), m)
    expectSameBits(moments.merge(moments.empty(2), m), m)
  })

  test('by hand: {1, 3} and {8}', () => {
    const one = (...x: number[]) =>
      moments.of(
        tensorOf(
          x.map((xi) => [xi]),
          1,
        ),
      )
    const m = moments.merge(one(1, 3), one(8))
    expect([m.count, toArray(m.mean), toArray(m.m2)]).toEqual([3, [4], [9 + 1 + 16]])
  })

  test('keeps its digits far from 0', () => {
    const far = (x: readonly number[]) =>
      moments.of(
        tensorOf(
          x.map((xi) => [1e8 + xi]),
          1,
        ),
      )
    const m = moments.merge(far([1, 3]), far([8]))
    expectClose(toArray(m.m2), [26], 1e-7, 0)
  })

  test('names b if its features differ, and leaves both unchanged', () => {
    expect(() => moments.merge(moments.empty(2), moments.empty(1))).toThrow(
      'b.mean: expected [feature=2], got [feature=1]',
    )
    expectPure(moments.merge, momentsOf([[1, 2]]), momentsOf([[3, 4]]))
  })
})

describe('variance', () => {
  test('is m2 / count', () => {
    const m = momentsOf([
      [1, 5],
      [3, 5],
    ])
    expect(toArray(expectPure(moments.variance, m))).toEqual([1, 0])
  })

  test('of nothing is NaN', () => {
    expect(toArray(moments.variance(moments.empty(1)))).toEqual([NaN])
  })
})

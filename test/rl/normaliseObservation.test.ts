import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { normalised } from '../../src/env/linear.ts'
import { moments, normaliseObservation } from '../../src/rl/index.ts'
import { deviations } from '../../src/rl/normaliseObservation.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const rowsOf = (rows: readonly (readonly number[])[]) =>
  of(['env', 'feature'], [rows.length, rows[0]!.length], Float64Array.from(rows.flat()))

const seen = (rows: readonly (readonly number[])[]) => moments.of(rowsOf(rows))

describe('normaliseObservation', () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true })

  test.prop([fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 20 })])(
    'leaves the data it has seen with mean 0 and variance 1',
    (rows) => {
      const [first] = rows
      const varied = [...rows, [first![0] + 10, first![1] - 10]]
      const x = rowsOf(varied)
      const z = normaliseObservation({ clip: Infinity, epsilon: 1e-12 })(moments.of(x), x)
      const after = moments.of(z)
      expectClose(toArray(after.mean), [0, 0], 0, 1e-12)
      expectClose(toArray(moments.variance(after)), [1, 1], 1e-10, 0)
    },
  )

  test('adds ε to the variance, not to the standard deviation', () => {
    // mean 2, variance 1 and √(1 + 3) = 2
    const normalise = normaliseObservation({ clip: 10, epsilon: 3 })
    expect(toArray(normalise(seen([[1], [3]]), rowsOf([[1], [2], [8]])))).toEqual([-0.5, 0, 3])
  })

  test('takes each feature by its own moments', () => {
    const normalise = normaliseObservation({ clip: 10, epsilon: 3 })
    const known = seen([
      [1, 100],
      [3, 102],
    ])
    expect(toArray(normalise(known, rowsOf([[4, 101]])))).toEqual([1, 0])
    expect(
      toArray(
        normalise(
          known,
          rowsOf([
            [4, 101],
            [2, 107],
          ]),
        ),
      ),
    ).toEqual([1, 0, 0, 3])
  })

  test('holds results within ±clip', () => {
    const normalise = normaliseObservation({ clip: 2, epsilon: 3 })
    expect(toArray(normalise(seen([[1], [3]]), rowsOf([[6], [6.5], [-99]])))).toEqual([2, 2, -2])
  })

  test('makes a feature that never changed 0, not NaN', () => {
    const normalise = normaliseObservation({ clip: 10, epsilon: 1e-8 })
    expect(toArray(normalise(seen([[0.1], [0.1], [0.1]]), rowsOf([[0.1]])))).toEqual([0])
  })

  test('is, of f32, one rounding of what its parts say in f64, feature by feature', () => {
    const rows = seen([
      [0.1, 7],
      [0.7, -3],
      [0.2, 8],
    ])
    const [mean, deviation] = [toArray(rows.mean), deviations(1e-3, rows)]
    const x = Float32Array.of(0.3, 0.9, 0.1, 5)
    const z = normaliseObservation({ clip: 1.1, epsilon: 1e-3 })(
      rows,
      of(['env', 'feature'], [2, 2], x),
    )
    const each = [...x].map((raw, i) => normalised(raw, mean[i % 2]!, deviation[i % 2]!, 1.1))
    expect(toArray(z)).toEqual(each.map(Math.fround))
    expect([
      ...deviations(
        3,
        seen([
          [1, 0],
          [3, 0],
        ]),
      ),
    ]).toEqual([2, Math.sqrt(3)])
    expect([...deviations(3, moments.empty(2))]).toEqual([1, 1])
  })

  test('keeps the digits of data far from 0', () => {
    const normalise = normaliseObservation({ clip: 10, epsilon: 1e-8 })
    const far = [[1e8 + 1], [1e8 + 3]]
    expectClose(toArray(normalise(seen(far), rowsOf(far))), [-1, 1], 1e-8, 0)
  })

  test('before anything was seen clips only', () => {
    const normalise = normaliseObservation({ clip: 10, epsilon: 1e-8 })
    expect(toArray(normalise(moments.empty(2), rowsOf([[3, -99]])))).toEqual([3, -10])
  })

  test('keeps names and element type, and leaves its inputs as they are', () => {
    const x = of(['sample', 'feature'], [2, 1], Float32Array.of(1, 2))
    const z = expectPure(normaliseObservation({ clip: 10, epsilon: 1e-8 }), seen([[1], [3]]), x)
    expect([z.dims, z.shape, z.dtype]).toEqual([['sample', 'feature'], [2, 1], 'f32'])
  })

  test('names x where its features differ', () => {
    const normalise = normaliseObservation({ clip: 10, epsilon: 1e-8 })
    expect(() => normalise(moments.empty(3), rowsOf([[1, 2]]))).toThrow(
      'x: expected [env=1, feature=3], got [env=1, feature=2]',
    )
  })

  test.each([0, -1, NaN])('throws for a clip, and for an ε, of %d', (x) => {
    expect(() => normaliseObservation({ clip: x, epsilon: 1 })).toThrow(
      new RangeError(`clip: expected a number > 0, got ${x}`),
    )
    expect(() => normaliseObservation({ clip: 1, epsilon: x })).toThrow(
      new RangeError(`epsilon: expected a number > 0, got ${x}`),
    )
  })
})

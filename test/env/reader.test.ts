import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import {
  box,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  reader,
  width,
  type Bound,
  type Space,
} from '../../src/env/index.ts'
import { expectPure } from '../law/purity.ts'

const bounds = ['none', 'clip', 'squash'] as const

interface Example {
  readonly space: Space
  readonly numbers: readonly number[]
  readonly element: unknown
}

const leaf: fc.Arbitrary<Example> = fc.oneof(
  fc
    .integer({ min: 1, max: 5 })
    .chain((n) => fc.nat(n - 1).map((a) => ({ space: discrete(n), numbers: [a], element: a }))),
  fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { minLength: 1, maxLength: 4 }).map((pairs) => {
    const a = pairs.map(([x]) => x)
    return { space: multiDiscrete(pairs.map(([x, more]) => x + more + 1)), numbers: a, element: a }
  }),
  fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 4 }).map((a) => ({
    space: multiBinary(a.length),
    numbers: a,
    element: a,
  })),
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 })
    .map((a) => ({
      space: box(
        a.length,
        a.map(() => -1),
        a.map(() => 1),
      ),
      numbers: a,
      element: a,
    })),
)

const beside = (parts: fc.Arbitrary<Example>): fc.Arbitrary<Example> =>
  fc.array(parts, { minLength: 1, maxLength: 3 }).map((all) => ({
    space: product(Object.fromEntries(all.map(({ space }, i) => [`part${i}`, space]))),
    numbers: all.flatMap(({ numbers }) => numbers),
    element: Object.fromEntries(all.map(({ element }, i) => [`part${i}`, element])),
  }))

const example = fc.oneof(leaf, beside(leaf), beside(beside(leaf)))

describe('reader', () => {
  test.prop({ e: example, before: fc.array(fc.double(), { maxLength: 3 }) })(
    'reads the element that lies at a place of a row, width(space) numbers long',
    ({ e: { space, numbers, element }, before }) => {
      expect(numbers.length).toBe(width(space))
      const row = Float64Array.from([...before, ...numbers, 99])
      const read = reader(space, 'none')
      expect(expectPure(read, row, before.length)).toStrictEqual(element)
    },
  )

  test('gives each space its own type', () => {
    const pad = product({ stick: box(2, [-1, 0], [1, 4]), keys: multiDiscrete([3, 2]) })
    const element = reader(pad, 'squash')(Float32Array.from([0, -1, 0.5, 2, 1]), 1)
    expectTypeOf(element).toEqualTypeOf<{
      readonly stick: readonly number[]
      readonly keys: readonly [0 | 1 | 2, 0 | 1]
    }>()
    expect(element).toStrictEqual({ stick: [-1, 3], keys: [2, 1] })
  })

  test.each(bounds)('refuses what is not a whole number of the range (%s)', (bound) => {
    for (const bad of [3, -1, 0.5, NaN, Infinity])
      expect(() => reader(discrete(3), bound)([0, bad], 1)).toThrow(
        new RangeError(`expected a whole number from 0 to 2, got ${bad}`),
      )
    expect(() => reader(multiDiscrete([2, 3]), bound)([0, 3], 0)).toThrow(
      new RangeError('entry 1: expected a whole number from 0 to 2, got 3'),
    )
    expect(() => reader(multiBinary(2), bound)([2, 0], 0)).toThrow(
      new RangeError('entry 0: expected a whole number from 0 to 1, got 2'),
    )
  })

  test('refuses an unknown bound, for every space', () => {
    for (const space of [box(1, [0], [1]), discrete(2), product({ keys: multiBinary(1) })])
      expect(() => reader(space, 'tanh' as Bound)).toThrow(
        new RangeError('bound: expected one of none, clip, squash, got tanh'),
      )
  })

  test('names the part of a product', () => {
    const space = product({ stick: box(1, [0], [1]), pad: product({ fire: multiBinary(1) }) })
    expect(() => reader(space, 'none')([0, 7], 0)).toThrow(
      new RangeError('pad: fire: entry 0: expected a whole number from 0 to 1, got 7'),
    )
    expect(() => reader(space, 'none')([NaN, 0], 0)).toThrow(
      new RangeError('stick: entry 0: expected a number, got NaN'),
    )
  })
})

describe('a box', () => {
  const wide = box(3, [-1, 0, -Infinity], [1, 10, 2])
  const pairs = fc
    .tuple(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)

  test('is read as it is, out of bounds too, without a bound', () => {
    expect(reader(wide, 'none')([-7, Infinity, -9], 0)).toStrictEqual([-7, Infinity, -9])
  })

  test('is clipped to its bounds, infinite ones included', () => {
    expect(reader(wide, 'clip')([-7, 11, -9], 0)).toStrictEqual([-1, 10, -9])
    expect(reader(wide, 'clip')([0.5, -1, 3], 0)).toStrictEqual([0.5, 0, 2])
  })

  test('is mapped from [−1, 1] linearly', () => {
    const read = reader(box(2, [-1, 2], [1, 10]), 'squash')
    expect(read([0, 0], 0)).toStrictEqual([0, 6])
    expect(read([0.25, -0.5], 0)).toStrictEqual([0.25, 4])
    expect(read([-Infinity, Infinity], 0)).toStrictEqual([-1, 10])
    expect(read([-2, 2], 0)).toStrictEqual([-1, 10])
  })

  test.prop({ b: pairs, x: fc.double({ noNaN: true }) })(
    'is never outside, and its ends are met to the bit',
    ({ b: [low, high], x }) => {
      for (const bound of ['clip', 'squash'] as const) {
        const [y] = reader(box(1, [low], [high]), bound)([x], 0)
        expect(y! >= low && y! <= high).toBe(true)
      }
      const squash = reader(box(1, [low], [high]), 'squash')
      expect(squash([-1], 0)[0]! - low).toBe(0)
      expect(squash([1], 0)[0]! - high).toBe(0)
    },
  )

  test.each([
    [[-Infinity], [1], 'low[0]: expected a finite bound to squash to, got -Infinity'],
    [[0], [Infinity], 'high[0]: expected a finite bound to squash to, got Infinity'],
  ])('without an end cannot be squashed to it: %s to %s', (low, high, message) => {
    expect(() => reader(box(1, low, high), 'squash')).toThrow(new RangeError(message))
    expect(() => reader(product({ stick: box(1, low, high) }), 'squash')).toThrow(
      new RangeError(`stick: ${message}`),
    )
    expect(() => reader(box(1, low, high), 'clip')).not.toThrow()
  })

  test.each(bounds)('has no NaN (%s)', (bound) => {
    expect(() => reader(box(2, [0, 0], [1, 1]), bound)([0, NaN], 0)).toThrow(
      new RangeError('entry 1: expected a number, got NaN'),
    )
  })
})

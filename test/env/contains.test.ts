import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { contains } from '../../src/env/contains.ts'
import { box, discrete, multiBinary, multiDiscrete, product } from '../../src/env/index.ts'
import { sampleElement } from '../../src/env/sample.ts'
import { key } from '../../src/random/index.ts'
import { anySpace } from '../support/anySpace.ts'
import { spaces } from '../support/spaces.ts'

const pad = product({ stick: box(2, [-1, 0], [1, 0.5]), deep: product({ bits: multiBinary(2) }) })

describe('an element is contained', () => {
  test.each([
    ['discrete', discrete(3), [0, 1, 2]],
    [
      'box',
      box(2, [-1, 0], [1, Infinity]),
      [
        [-1, 0],
        [1, 1e300],
        [0.5, 7],
      ],
    ],
    [
      'multiDiscrete',
      multiDiscrete([3, 1]),
      [
        [0, 0],
        [2, 0],
      ],
    ],
    [
      'multiBinary',
      multiBinary(2),
      [
        [0, 1],
        [1, 1],
      ],
    ],
    ['product', pad, [{ stick: [1, 0], deep: { bits: [0, 1] } }]],
  ])('of a %s space', (_, space, elements) => {
    for (const element of elements) expect(contains(space, element)).toBe(null)
  })

  test('of a product in any order, and without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { bits: [1, 0] })
    expect(contains(pad, { deep: bare, stick: [0, 0] })).toBe(null)
  })
})

describe('refuses values that are not elements, with their place', () => {
  test.each([3, -1, 0.5, NaN, Infinity])('%s is none of 3 choices', (x) => {
    expect(contains(discrete(3), x)).toBe(`expected a whole number from 0 to 2, got ${x}`)
    expect(contains(multiDiscrete([5, 3]), [4, x])).toBe(
      `entry 1: expected a whole number from 0 to 2, got ${x}`,
    )
  })

  test('2 is no bit', () => {
    expect(contains(multiBinary(3), [0, 1, 2])).toBe(
      'entry 2: expected a whole number from 0 to 1, got 2',
    )
  })

  test.each([
    [-1, 1, 3, 'a number from -1 to 1, got 3'],
    [-1, 1, -1.5, 'a number from -1 to 1, got -1.5'],
    [0, Infinity, -1, 'a finite number >= 0, got -1'],
    [0, Infinity, Infinity, 'a finite number >= 0, got Infinity'],
    [-Infinity, 2, 3, 'a finite number <= 2, got 3'],
    [-Infinity, Infinity, -Infinity, 'a finite number, got -Infinity'],
    [-Infinity, Infinity, NaN, 'a finite number, got NaN'],
  ])('of a box from %s to %s: %s', (low, high, x, problem) => {
    expect(contains(box(2, [0, low], [0, high]), [0, x])).toBe(`entry 1: expected ${problem}`)
  })

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    ['1', '"1"'],
    [1n, '1n'],
    [Symbol('1'), 'Symbol(1)'],
    [() => 1, 'a function'],
    [{}, 'an object'],
    [[0, 0], 'an array of 2'],
    [new Float32Array(3), 'a Float32Array of 3'],
    [new DataView(new ArrayBuffer(1)), 'a DataView'],
  ])('%s is no element of any kind of space', (value, shown) => {
    expect(contains(discrete(2), value)).toBe(`expected a whole number from 0 to 1, got ${shown}`)
    for (const space of [box(1, [0], [1]), multiDiscrete([2]), multiBinary(1)]) {
      expect(contains(space, value)).toBe(`expected an array of 1, got ${shown}`)
      expect(contains(space, [value])).toContain(`got ${shown}`)
    }
    expect(contains(pad, value)).toBe(
      ['an object', 'a Float32Array of 3', 'a DataView'].includes(shown)
        ? 'stick: expected an entry, got none'
        : `expected an object of stick, deep, got ${shown}`,
    )
  })

  test('typed arrays are vectors as arrays are, but those of BigInt', () => {
    for (const value of [Float32Array.of(1, 0), Uint8ClampedArray.of(1, 0), Int32Array.of(1, 0)])
      for (const space of [box(2, [0, 0], [1, 1]), multiDiscrete([2, 1]), multiBinary(2)])
        expect(contains(space, value)).toBe(null)
    expect(contains(box(1, [0], [1]), Float32Array.of(2))).toBe(
      'entry 0: expected a number from 0 to 1, got 2',
    )
    expect(contains(multiDiscrete([2]), BigInt64Array.of(1n))).toBe(
      'entry 0: expected a whole number from 0 to 1, got 1n',
    )
  })

  test('a hole is not a number', () => {
    const holes: number[] = [0]
    holes[2] = 0
    expect(contains(multiDiscrete([1, 1, 1]), holes)).toBe(
      'entry 1: expected a whole number from 0 to 0, got undefined',
    )
    expect(contains(box(3, [0, 0, 0], [1, 1, 1]), holes)).toBe(
      'entry 1: expected a number from 0 to 1, got undefined',
    )
  })

  test('in a product, by the names on the way', () => {
    const bits = [0, 1]
    expect(contains(pad, { stick: [0, 1], deep: { bits } })).toBe(
      'stick: entry 1: expected a number from 0 to 0.5, got 1',
    )
    expect(contains(pad, { stick: [0, 0], deep: { bits: [0, -1] } })).toBe(
      'deep: bits: entry 1: expected a whole number from 0 to 1, got -1',
    )
    expect(contains(pad, { stick: [0, 0] })).toBe('deep: expected an entry, got none')
    expect(contains(pad, { stick: [0, 0], deep: { bits }, more: 1 })).toBe(
      'expected only stick, deep, got more',
    )
    expect(contains(product({ toString: discrete(1) }), {})).toBe(
      'toString: expected an entry, got none',
    )
  })

  test('too few and too many', () => {
    expect(contains(multiBinary(2), [1])).toBe('expected an array of 2, got an array of 1')
    expect(contains(multiBinary(2), [1, 1, 1])).toBe('expected an array of 2, got an array of 3')
  })

  test('what cannot even be read', () => {
    const trap = () => {
      throw new Error('no')
    }
    const traps = new Proxy([], { get: trap, has: trap, getOwnPropertyDescriptor: trap })
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    for (const space of Object.values(spaces))
      for (const value of [traps, proxy]) expect(contains(space, value)).toMatch(/^expected/)
    expect(contains(multiBinary(1), proxy)).toBe('expected plain data, got something unreadable')
  })
})

test.prop([anySpace, fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })])(
  'anything has an answer, in words or null',
  (space, value) => {
    const problem = contains(space, value)
    expect(problem === null || /expected .*, got /.test(problem)).toBe(true)
  },
)

test.prop([anySpace, fc.nat(), fc.nat()])(
  'an element with one number too much is contained no longer',
  (space, seed, at) => {
    const element: unknown = sampleElement(space, key(seed))
    let left = at
    const spoilt = (value: unknown): unknown => {
      if (typeof value === 'number') return NaN
      const record = value as Readonly<Record<string, unknown>>
      const names = Object.keys(record)
      const name = names[left % names.length]!
      left = Math.floor(left / names.length)
      const changed = { ...record, [name]: spoilt(record[name]) }
      return Array.isArray(value) ? Object.values(changed) : changed
    }
    expect(contains(space, element)).toBe(null)
    expect(contains(space, spoilt(element))).toMatch(/got NaN$/)
  },
)

import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { contains } from '../../src/env/contains.ts'
import {
  box,
  choices,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  type Space,
} from '../../src/env/index.ts'
import { maskProblem } from '../../src/env/mask.ts'
import { sampleElement } from '../../src/env/sample.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { anySpace } from '../support/anySpace.ts'
import { numbersIn } from '../support/spaces.ts'
import { chiSquareP, correlation, kolmogorovSmirnovP, normalCdf } from '../support/statistics.ts'

const DRAWS = 4000
/** Each test below that draws asks for p > 1e-4: of 10 000 keys one would fail it by chance. */
const UNLIKELY = 1e-4

const draws = <T>(f: (k: ReturnType<typeof key>) => T): T[] =>
  Array.from({ length: DRAWS }, (_, i) => f(foldIn(key(7), i)))

const column = (rows: ReadonlyArray<readonly number[]>, j: number): number[] =>
  rows.map((row) => row[j]!)

const counts = (values: readonly number[], n: number): number[] =>
  Array.from({ length: n }, (_, i) => values.filter((x) => x === i).length)

const even = (n: number): number[] => Array.from({ length: n }, () => 1 / n)

/** Whether every number of an element is one of the open choices; those of boxes are free. */
const isOpen = (space: Space, element: unknown, mask: readonly boolean[]): boolean => {
  if (space.kind === 'box') return true
  if (space.kind === 'product' || space.kind === 'tuple') {
    let from = 0
    return Object.entries<Space>(space.spaces).every(([name, part]) => {
      const mine = mask.slice(from, from + choices(part))
      from += choices(part)
      return isOpen(part, (element as Readonly<Record<string, unknown>>)[name], mine)
    })
  }
  const numbers = numbersIn(element)
  if (space.kind === 'multiBinary') return numbers.every((bit, i) => bit === 0 || mask[i] === true)
  let from = 0
  return numbers.every((x, i) => {
    const start = typeof space.start === 'number' ? space.start : (space.start?.[i] ?? 0)
    const at = from + x - start
    from += space.kind === 'multiDiscrete' ? space.sizes[i]! : 0
    return mask[at] === true
  })
}

describe('sampleElement', () => {
  test.prop([anySpace, fc.nat()])('draws an element of the space, by its key', (space, seed) => {
    const element = expectPure(sampleElement, space, key(seed))
    expect(contains(space, element)).toBe(null)
  })

  test.prop([anySpace, fc.nat(), fc.array(fc.boolean(), { minLength: 150, maxLength: 150 })])(
    'of the choices that are open',
    (space, seed, coins) => {
      const mask = coins.slice(0, choices(space))
      fc.pre(maskProblem(space, mask) === null)
      const element = sampleElement(space, key(seed), mask)
      expect(contains(space, element)).toBe(null)
      expect(isOpen(space, element, mask)).toBe(true)
    },
  )

  test('has the type of an element', () => {
    const pad = product({ stick: box(1, [0], [1]), keys: multiDiscrete([3, 2]) })
    expectTypeOf(sampleElement(discrete(2), key(0))).toEqualTypeOf<0 | 1>()
    expectTypeOf(sampleElement(pad, key(0))).toEqualTypeOf<{
      readonly stick: readonly number[]
      readonly keys: readonly [0 | 1 | 2, 0 | 1]
    }>()
  })

  test('refuses an invalid mask, or one that leaves no choice', () => {
    expect(() => sampleElement(discrete(2), key(0), [true])).toThrow(
      new RangeError('mask: expected an array of 2, one per choice, got an array of 1'),
    )
    expect(() => sampleElement(discrete(2), key(0), [false, false])).toThrow(
      new RangeError('mask: entries 0 to 1: expected an allowed choice, got none'),
    )
  })
})

describe('draws are uniform', () => {
  test('among all choices, and among the open ones', () => {
    const all = draws((k) => sampleElement(discrete(5), k) as number)
    expect(chiSquareP(counts(all, 5), even(5))).toBeGreaterThan(UNLIKELY)
    const mask = [true, false, true, true, false]
    const open = draws((k) => sampleElement(discrete(5), k, mask) as number)
    expect(chiSquareP(counts(open, 5), [1 / 3, 0, 1 / 3, 1 / 3, 0])).toBeGreaterThan(UNLIKELY)
  })

  test('in each entry of several, which know nothing of each other', () => {
    const rows = draws((k) => sampleElement(multiDiscrete([4, 4]), k) as readonly number[])
    const pairs = rows.map(([a, b]) => 4 * a! + b!)
    expect(chiSquareP(counts(pairs, 16), even(16))).toBeGreaterThan(UNLIKELY)
    const bits = draws((k) => sampleElement(multiBinary(3), k) as readonly number[])
    const bytes = bits.map(([a, b, c]) => 4 * a! + 2 * b! + c!)
    expect(chiSquareP(counts(bytes, 8), even(8))).toBeGreaterThan(UNLIKELY)
  })

  test('a closed bit is 0, the others go on', () => {
    const mask = [true, false, true]
    const bits = draws((k) => sampleElement(multiBinary(3), k, mask) as readonly number[])
    const bytes = bits.map(([a, b, c]) => 4 * a! + 2 * b! + c!)
    expect(chiSquareP(counts(bytes, 8), [0.25, 0.25, 0, 0, 0.25, 0.25, 0, 0])).toBeGreaterThan(
      UNLIKELY,
    )
  })

  test('between two bounds', () => {
    const x = column(
      draws((k) => sampleElement(box(1, [-2], [6]), k)),
      0,
    )
    expect(kolmogorovSmirnovP(x, (y) => (y + 2) / 8)).toBeGreaterThan(UNLIKELY)
  })

  test('and where bounds are as far as can be', () => {
    const M = Number.MAX_VALUE
    const x = column(
      draws((k) => sampleElement(box(1, [-M], [M]), k)),
      0,
    )
    expect(kolmogorovSmirnovP(x, (y) => y / 2 / M + 0.5)).toBeGreaterThan(UNLIKELY)
  })
})

describe('where a bound is missing', () => {
  const space = box(3, [1, -Infinity, -Infinity], [Infinity, -1, Infinity])
  const rows = draws((k) => sampleElement(space, k))

  test('distances to the other are exponential with mean 1', () => {
    const exponential = (d: number): number => 1 - Math.exp(-d)
    const above = column(rows, 0).map((x) => x - 1)
    const below = column(rows, 1).map((x) => -1 - x)
    expect(kolmogorovSmirnovP(above, exponential)).toBeGreaterThan(UNLIKELY)
    expect(kolmogorovSmirnovP(below, exponential)).toBeGreaterThan(UNLIKELY)
  })

  test('and numbers without any are standard normal', () => {
    expect(kolmogorovSmirnovP(column(rows, 2), normalCdf)).toBeGreaterThan(UNLIKELY)
  })

  test('entries know nothing of each other', () => {
    // Four standard errors: 1 in 16 000 for each pair.
    const far = 4 / Math.sqrt(DRAWS)
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(Math.abs(correlation(column(rows, i), column(rows, j)))).toBeLessThan(far)
  })
})

test('equal parts of a product draw from different keys', () => {
  const half = box(1, [0], [1])
  const rows = draws((k) => {
    const { a, b } = sampleElement(product({ a: half, b: product({ c: half }) }), k)
    return [a[0]!, b.c[0]!]
  })
  expect(Math.abs(correlation(column(rows, 0), column(rows, 1)))).toBeLessThan(4 / Math.sqrt(DRAWS))
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { DRAW, foldIn, key, split, type Key } from '../../src/random/key.ts'
import { words } from '../../src/random/threefry.ts'
import { uniform } from '../../src/random/uniform.ts'
import { data } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { chiSquareP, correlation } from '../support/statistics.ts'

const seed = fc.maxSafeNat()
const keys = seed.map(key)
const child = fc.integer({ min: 0, max: 0xffff_ffff })
const draws = (k: Key, n: number) => data(uniform(k, ['draw'], [n], 'f64'))
const text = ({ words }: Key): string => words.join(' ')

describe('key', () => {
  test.prop({ a: seed, b: seed })('different seeds are different keys', ({ a, b }) => {
    expect(text(key(a)) === text(key(b))).toBe(a === b)
    expectPure(key, a)
  })

  test('all 53 bits of the seed count', () => {
    const top = 2 ** 53 - 1
    const seeds = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 52, top - 2 ** 32, top]
    expect(new Set(seeds.map((s) => text(key(s)))).size).toBe(seeds.length)
  })

  test.each([-1, 0.5, 2 ** 53, NaN, Infinity, -0.1])('refuses the seed %s', (bad) => {
    expect(() => key(bad)).toThrow(`seed: expected a whole number from 0 to 2^53 - 1, got ${bad}`)
  })
})

describe('split', () => {
  test.prop({ parent: keys, few: fc.nat(12), more: fc.nat(12) })(
    'child i does not depend on how many are asked for',
    ({ parent, few, more }) => {
      const all = split(parent, few + more)
      expect(all).toHaveLength(few + more)
      expect(all.slice(0, few)).toStrictEqual([...split(parent, few)])
    },
  )

  test.prop({ parent: keys })(
    'children differ from each other and from the parent',
    ({ parent }) => {
      const family = [parent, ...expectPure(split<20>, parent, 20)]
      expect(new Set(family.map(text)).size).toBe(21)
    },
  )

  test('refuses an invalid count', () => {
    for (const bad of [-1, 1.5, NaN])
      expect(() => split(key(0), bad)).toThrow(`n: expected a whole number >= 0, got ${bad}`)
  })
})

describe('foldIn', () => {
  test.prop({ parent: keys, names: fc.uniqueArray(child, { maxLength: 20 }) })(
    'child n depends on parent and n alone, and different n are different children',
    ({ parent, names }) => {
      const forward = names.map((n) => text(foldIn(parent, n)))
      const backward = names.toReversed().map((n) => text(foldIn(parent, n)))
      expect(backward.toReversed()).toStrictEqual(forward)
      expect(new Set(forward).size).toBe(names.length)
    },
  )

  test.prop({ parent: keys, n: child })('is pure', ({ parent, n }) => {
    expectPure(foldIn, parent, n)
  })

  test('its children are not those of split', () => {
    const parent = key(7)
    const family = [
      ...split(parent, 100),
      ...Array.from({ length: 100 }, (_, n) => foldIn(parent, n)),
    ]
    expect(new Set(family.map(text)).size).toBe(200)
  })

  test.each([-1, 0.5, 2 ** 32, NaN])('refuses the number %s', (bad) => {
    expect(() => foldIn(key(0), bad)).toThrow(
      `n: expected a whole number from 0 to 2^32 - 1, got ${bad}`,
    )
  })
})

describe('streams of a family do not meet', () => {
  const parent = key(20_170_720)
  const n = 4096
  const family: ReadonlyArray<readonly [string, Key]> = [
    ['the parent', parent],
    ...split(parent, 4).map((k, i) => [`split ${i}`, k] as const),
    ...[0, 1, 2, 3].map((i) => [`foldIn ${i}`, foldIn(parent, i)] as const),
    ['a grandchild', split(foldIn(parent, 0), 1)[0]],
    ['the next seed', key(20_170_721)],
  ]

  // 400 words beside 400: two of them are equal by chance for 4 seeds in 10⁵.
  test('the words of a child’s key are never among the parent’s draws', () => {
    const drawn = new Set(Array.from(words(parent.words, DRAW, 400)))
    const children = [
      ...split(parent, 100),
      ...Array.from({ length: 100 }, (_, i) => foldIn(parent, i)),
    ]
    expect(children.flatMap((k) => k.words).filter((word) => drawn.has(word))).toStrictEqual([])
  })

  test('no word drawn by one is drawn by another at the same place', () => {
    const first = family.map(([, k]) => draws(k, 1)[0])
    expect(new Set(first).size).toBe(family.length)
  })

  // The correlation of n independent pairs is 0 ± 1/√n. 55 pairs at 5 σ: 3 seeds in 10⁵ fail.
  test('each two are uncorrelated', () => {
    for (const [i, [, a]] of family.entries())
      for (const [, b] of family.slice(i + 1))
        expect(Math.abs(correlation(draws(a, n), draws(b, n)))).toBeLessThan(5 / Math.sqrt(n))
  })

  // The same, each against the other's next draw.
  test('nor with the neighbour’s next draw', () => {
    for (const [i, [, a]] of family.entries())
      for (const [, b] of family.slice(i + 1)) {
        const [x, y] = [Array.from(draws(a, n)), Array.from(draws(b, n + 1)).slice(1)]
        expect(Math.abs(correlation(x, y))).toBeLessThan(5 / Math.sqrt(n))
      }
  })

  // Both tails at 10⁻⁶: 2 seeds in 10⁶ fail.
  test.each([
    ['split', (i: number) => split(parent, i + 1)[i]!],
    ['foldIn', (i: number) => foldIn(parent, i)],
  ] as const)('first draws of 2000 children by %s are uniform over 50 bins', (_, of) => {
    const counts = Array.from({ length: 50 }, () => 0)
    for (let i = 0; i < 2000; i++) {
      const bin = Math.floor(draws(of(i), 1)[0]! * 50)
      counts[bin] = counts[bin]! + 1
    }
    const p = chiSquareP(
      counts,
      counts.map(() => 1 / 50),
    )
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })
})

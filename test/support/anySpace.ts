import { fc } from '@fast-check/vitest'
import {
  box,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  tuple,
  type Space,
} from '../../src/env/index.ts'

const count = fc.integer({ min: 1, max: 5 })

/** Bounds of one entry: both, one, none, and one value alone. */
export const bounds: fc.Arbitrary<readonly [number, number]> = fc
  .tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true }))
  .chain(([low, span]) =>
    fc.constantFrom<readonly [number, number]>(
      [low, low + span],
      [low, low],
      [low, Infinity],
      [-Infinity, low],
      [-Infinity, Infinity],
    ),
  )

const leaf: fc.Arbitrary<Space> = fc.oneof(
  count.map((n) => discrete(n)),
  fc.tuple(count, fc.integer({ min: -9, max: 9 })).map(([n, start]) => discrete(n, start)),
  count.map((n) => multiBinary(n)),
  fc.array(count, { minLength: 1, maxLength: 4 }).map((sizes) => multiDiscrete(sizes)),
  fc
    .array(fc.tuple(count, fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 4 })
    .map((all) =>
      multiDiscrete(
        all.map(([size]) => size),
        all.map(([, start]) => start),
      ),
    ),
  fc.array(bounds, { minLength: 1, maxLength: 4 }).map((pairs) =>
    box(
      pairs.length,
      pairs.map(([low]) => low),
      pairs.map(([, high]) => high),
    ),
  ),
)

const beside = (parts: fc.Arbitrary<Space>): fc.Arbitrary<Space> =>
  fc
    .array(parts, { minLength: 1, maxLength: 3 })
    .chain((all) =>
      fc.constantFrom<Space>(
        product(Object.fromEntries(all.map((space, i) => [`part${i}`, space]))),
        tuple(all),
      ),
    )

/** A space of any kind, products and tuples in one another too. */
export const anySpace: fc.Arbitrary<Space> = fc.oneof(leaf, beside(leaf), beside(beside(leaf)))

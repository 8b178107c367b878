import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  FROZEN_LAKE_4X4,
  FROZEN_LAKE_8X8,
  frozenLake,
  frozenLakeTable,
  untimedFrozenLake,
} from '../../src/env/frozenLake.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { bestReturns } from '../support/valueIteration.ts'

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    map: readonly string[]
    slippery: boolean
    table: ReadonlyArray<ReadonlyArray<readonly number[]>>
  }>
}>('frozen-lake')

test.each(cases)('the table is that of Gymnasium’s FrozenLake-v1: $name', (given) => {
  const table = expectPure(frozenLakeTable, { map: given.map, slippery: given.slippery })
  expect(table.length).toBe(given.table.length)
  table.forEach((row, cell) =>
    row.forEach((transitions, action) => {
      const flat = transitions.flatMap(({ probability, cell: next, reward, terminated }) => [
        probability,
        next,
        reward,
        Number(terminated),
      ])
      // Wherever Gymnasium takes (1 − 1/3) / 2 for a third, the last digit may differ.
      expectClose(flat, given.table[cell]![action]!, 0, 1e-15)
    }),
  )
})

describe('frozen lake', () => {
  test('is 4 × 4 and slippery unless told otherwise', () => {
    expect(frozenLakeTable()).toEqual(frozenLakeTable({ map: FROZEN_LAKE_4X4, slippery: true }))
    const all = cases.map(({ map, slippery }) => [map, slippery])
    expect(all).toContainEqual([FROZEN_LAKE_4X4, true])
    expect(all).toContainEqual([FROZEN_LAKE_8X8, true])
    expect(untimedFrozenLake({ map: FROZEN_LAKE_8X8 }).observationSpace.size).toBe(64)
  })

  test('without a limit the best policy crosses it with probability 14/17, and surely the large one', () => {
    expect(bestReturns(frozenLakeTable(), 2000)[0]).toBeCloseTo(14 / 17, 12)
    expect(bestReturns(frozenLakeTable({ map: FROZEN_LAKE_8X8 }), 5000)[0]).toBeCloseTo(1, 12)
  })

  test('within their limits 0.74 and 0.91, as Gymnasium registers them', () => {
    expect(bestReturns(frozenLakeTable(), 100)[0]).toBeCloseTo(0.744, 3)
    expect(bestReturns(frozenLakeTable({ map: FROZEN_LAKE_8X8 }), 200)[0]).toBeCloseTo(0.913, 3)
  })

  test('where it is not slippery, the small one takes six steps and the large one fourteen', () => {
    for (const [map, steps] of [
      [FROZEN_LAKE_4X4, 6],
      [FROZEN_LAKE_8X8, 14],
    ] as const) {
      const table = frozenLakeTable({ map, slippery: false })
      expect([steps - 1, steps].map((n) => bestReturns(table, n)[0])).toEqual([0, 1])
    }
  })

  const firm = untimedFrozenLake({ slippery: false })

  test('left, down, right and up are 0, 1, 2 and 3', () => {
    expect(([0, 1, 2, 3] as const).map((action) => firm.step(action, key(0))(9)[1])).toEqual([
      8, 13, 10, 5,
    ])
  })

  test('pays 1 at the goal, and nothing on ice, in a hole, or for staying in either', () => {
    const outcomes = [
      [14, 2], // into the goal
      [10, 1], // onto ice
      [9, 3], // into a hole
      [0, 0], // against the shore
      [15, 0], // out of the goal
      [5, 1], // out of a hole
    ].map(([cell, action]) => firm.step(action as 0 | 1 | 2 | 3, key(0))(cell!))
    const of = (reward: number, terminated: boolean, cell: number) => [
      { reward, terminated, truncated: false },
      cell,
    ]
    expect(outcomes).toEqual([
      of(1, true, 15),
      of(0, false, 14),
      of(0, true, 5),
      of(0, false, 0),
      of(0, true, 15),
      of(0, true, 5),
    ])
  })

  test('starts at S, or at each S there is', () => {
    const starts = (map?: readonly string[]) => {
      const world = untimedFrozenLake(map === undefined ? {} : { map })
      const drawn = Array.from({ length: 60 }, (_, i) => world.init(foldIn(key(1), i)))
      return [...new Set(drawn)].toSorted((a, b) => a - b)
    }
    expect(starts()).toEqual([0])
    // One of two is missed by 60 draws on 2⁻⁵⁹ of all seeds.
    expect(starts(['HFS', 'GSF'])).toEqual([2, 4])
  })

  test('is cut off after exactly 100 steps', () => {
    const [before] = frozenLake.step(0, key(0))({ elapsed: 98, state: 0 })
    const [at] = frozenLake.step(0, key(0))({ elapsed: 99, state: 0 })
    expect([before.truncated, at.truncated]).toEqual([false, true])
    expect(frozenLake.name).toBe('frozen-lake')
    expect(frozenLake.init(key(0))).toEqual({ elapsed: 0, state: 0 })
  })
})

describe('a map', () => {
  test.each([
    ['of nothing', [], 'map: expected at least one row of at least one tile, got none'],
    ['of an empty row', [''], 'map: expected at least one row of at least one tile, got none'],
    ['with a shorter row', ['SFF', 'FG'], 'map[1]: expected 3 tiles as in map[0], got 2'],
    ['with a longer row', ['SF', 'FG', 'FFF'], 'map[2]: expected 2 tiles as in map[0], got 3'],
    ['with another tile', ['SF', 'fG'], 'map[1][0]: expected one of S, F, H, G, got f'],
    ['without a start', ['FF', 'HG'], 'map: expected at least one S, got none'],
    ['without a goal', ['SF', 'HF'], 'map: expected at least one G, got none'],
  ])('%s is an error', (_, map, message) => {
    expect(() => frozenLakeTable({ map })).toThrow(new RangeError(message))
    expect(() => untimedFrozenLake({ map })).toThrow(new RangeError(message))
  })

  test.prop([
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 6 }))
      .chain(([rows, columns]) =>
        fc.array(
          fc.string({
            unit: fc.constantFrom('S', 'F', 'H', 'G'),
            minLength: columns,
            maxLength: columns,
          }),
          { minLength: rows, maxLength: rows },
        ),
      )
      .map((rows) => [`SG${rows[0]!.slice(2)}`, ...rows.slice(1)]),
    fc.boolean(),
  ])(
    'of any other kind is a lake: it ends in holes and goals and nowhere else',
    (map, slippery) => {
      const tiles = map.join('')
      for (const row of frozenLakeTable({ map, slippery }))
        for (const { cell, reward, terminated } of row.flat()) {
          expect(terminated).toBe('HG'.includes(tiles[cell]!))
          expect(reward === 0 || tiles[cell] === 'G').toBe(true)
        }
    },
  )
})

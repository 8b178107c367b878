import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { cliffWalkingTable, untimedCliffWalking } from '../../src/env/cliffWalking.ts'
import { FROZEN_LAKE_8X8, frozenLakeTable, untimedFrozenLake } from '../../src/env/frozenLake.ts'
import { neighbour, pickTransition, tabular, type Transition } from '../../src/env/tabular.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { chiSquareP } from '../support/statistics.ts'

const ACTIONS = [0, 1, 2, 3] as const
const seeds = fc.nat().map(key)

const to = (cell: number, probability: number): Transition => ({
  probability,
  cell,
  reward: cell,
  terminated: cell === 2,
})

describe('a transition is picked', () => {
  const three = [to(0, 0.25), to(1, 0.25), to(2, 0.5)]

  test.each([
    [0, 0],
    [0.25 - 2 ** -53, 0],
    [0.25, 1],
    [0.5 - 2 ** -53, 1],
    [0.5, 2],
    [1 - 2 ** -53, 2],
  ])('at %d: number %d of probabilities ¼, ¼ and ½', (u, i) => {
    expect(pickTransition(three, u)).toBe(three[i])
  })

  test('never where its probability is 0', () => {
    const never = [to(0, 0), to(1, 1)]
    expect(pickTransition(never, 0)).toBe(never[1])
  })

  test('also where rounding leaves a sum below 1: the last', () => {
    const tenths = Array.from({ length: 10 }, (_, i) => to(i, 0.1))
    expect(tenths.reduce((sum, { probability }) => sum + probability, 0)).toBe(1 - 2 ** -53)
    expect(pickTransition(tenths, 1 - 2 ** -53)).toBe(tenths[9])
  })
})

test.prop([
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.nat(),
  fc.constantFrom([0, 1], [1, 0], [0, -1], [-1, 0] as const),
])(
  'a neighbour lies one row or one column away, or is oneself at the edge',
  (rows, columns, n, move) => {
    const cell = n % (rows * columns)
    const [row, column] = [Math.floor(cell / columns), cell % columns]
    const [down, right] = move as [number, number]
    const inside =
      row + down >= 0 && row + down < rows && column + right >= 0 && column + right < columns
    expect(neighbour(rows, columns, cell, [down, right])).toBe(
      inside ? (row + down) * columns + column + right : cell,
    )
  },
)

const worlds = [
  { kind: '4 × 4 slippery lake', table: frozenLakeTable(), world: untimedFrozenLake() },
  {
    kind: '8 × 8 lake, not slippery',
    table: frozenLakeTable({ map: FROZEN_LAKE_8X8, slippery: false }),
    world: untimedFrozenLake({ map: FROZEN_LAKE_8X8, slippery: false }),
  },
  { kind: 'cliff', table: cliffWalkingTable, world: untimedCliffWalking },
]

describe.each(worlds)('the $kind', ({ table, world }) => {
  const cells = fc.nat({ max: table.length - 1 })
  const actions = fc.constantFrom(...ACTIONS)

  test('goes somewhere on its grid by each action, with probabilities that sum to 1', () => {
    for (const row of table) {
      expect(row.length).toBe(4)
      for (const transitions of row) {
        const total = transitions.reduce((sum, { probability }) => sum + probability, 0)
        expect(Math.abs(total - 1)).toBeLessThan(1e-15)
        for (const { probability, cell } of transitions) {
          expect(probability).toBeGreaterThan(0)
          expect(table[cell]).toBeDefined()
        }
      }
    }
  })

  test.prop([cells, actions, seeds])(
    'steps as one of the transitions of its table',
    (from, action, random) => {
      const [outcome, next] = world.step(action, random)(from)
      expect(
        table[from]![action]!.map(({ cell, reward, terminated }) => [
          { reward, terminated, truncated: false },
          cell,
        ]),
      ).toContainEqual([outcome, next])
    },
  )

  test.prop([cells])('shows a cell one-hot, in its box', (cell) => {
    const seen = world.observe(cell)
    expect(seen.length).toBe(table.length)
    expect(seen.every((x, i) => x === (i === cell ? 1 : 0))).toBe(true)
    expect(world.observationSpace).toEqual({
      kind: 'box',
      size: table.length,
      low: seen.map(() => 0),
      high: seen.map(() => 1),
    })
    expect(world.actionSpace).toEqual({ kind: 'discrete', n: 4 })
  })

  test.prop([cells, actions, seeds])('leaves its arguments as they are', (cell, action, random) => {
    expectPure((k: typeof random) => world.step(action, k)(cell), random)
    expectPure(world.init, random)
  })
})

test('a step comes as often as its table says (p > 1e-7 each, of 44)', () => {
  const [{ table, world }] = worlds as [(typeof worlds)[0]]
  const n = 900
  let tried = 0
  table.forEach((row, from) =>
    row.forEach((transitions, action) => {
      if (transitions.length === 1) return
      const probabilities = table.map(() => 0)
      for (const { cell, probability } of transitions) probabilities[cell]! += probability
      const counts = table.map(() => 0)
      const random = foldIn(key(7), 4 * from + action)
      for (let i = 0; i < n; i++)
        counts[world.step(ACTIONS[action]!, foldIn(random, i))(from)[1]]! += 1
      expect(chiSquareP(counts, probabilities)).toBeGreaterThan(1e-7)
      tried++
    }),
  )
  expect(tried).toBe(44)
})

test('each of several starts is as likely (p > 1e-6)', () => {
  const world = tabular('ring', [[], [], [], []], [3, 0, 2])
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 3000; i++) counts[world.init(foldIn(key(3), i))]! += 1
  expect(chiSquareP(counts, [1 / 3, 0, 1 / 3, 1 / 3])).toBeGreaterThan(1e-6)
})

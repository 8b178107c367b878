import { describe, expect, test } from 'vitest'
import { cliffWalking, cliffWalkingTable, untimedCliffWalking } from '../../src/env/cliffWalking.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { golden } from '../support/golden.ts'
import { bestReturns } from '../support/valueIteration.ts'

const KEY = key(0)
const [UP, RIGHT, DOWN, LEFT] = [0, 1, 2, 3] as const

const { table } = golden<{ table: ReadonlyArray<ReadonlyArray<readonly number[]>> }>(
  'cliff-walking',
)

test('the table is that of Gymnasium’s CliffWalking-v1', () => {
  const flat = cliffWalkingTable.map((row) =>
    row.map((transitions) =>
      transitions.flatMap(({ probability, cell, reward, terminated }) => [
        probability,
        cell,
        reward,
        Number(terminated),
      ]),
    ),
  )
  expect(flat).toEqual(table)
})

/** What comes of actions from the start. */
const walk = (actions: ReadonlyArray<0 | 1 | 2 | 3>) => {
  let cell = untimedCliffWalking.init(KEY)
  return actions.map((action) => {
    const [outcome, next] = untimedCliffWalking.step(action, KEY)(cell)
    cell = next
    return { ...outcome, cell }
  })
}

describe('cliff walking', () => {
  test('the best return is −13, and one more from the far rows', () => {
    const best = bestReturns(cliffWalkingTable, 100)
    expect(best[36]).toBe(-13)
    expect(best.slice(24, 36)).toEqual([-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1])
    expect(best[0]).toBe(-14)
  })

  test('it is that of the way along the edge: up, eleven times right, down', () => {
    const way = walk([UP, ...Array.from({ length: 11 }, () => RIGHT), DOWN])
    expect(way.map(({ reward }) => reward)).toEqual(way.map(() => -1))
    expect(way.map(({ terminated }) => terminated)).toEqual([
      ...way.slice(1).map(() => false),
      true,
    ])
    expect(way.map(({ cell }) => cell)).toEqual([
      24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 47,
    ])
  })

  test('into the cliff: −100 and back to the start, and on it goes', () => {
    const fallen = { reward: -100, terminated: false, truncated: false, cell: 36 }
    expect(walk([RIGHT, RIGHT])).toEqual([fallen, fallen])
    expect(walk([UP, RIGHT, DOWN]).at(-1)).toEqual(fallen)
  })

  test('a move off the grid stays in place, for −1', () => {
    const stays = { reward: -1, terminated: false, truncated: false, cell: 36 }
    expect(walk([LEFT, DOWN])).toEqual([stays, stays])
    expect(walk([UP, UP, UP, UP]).map(({ cell }) => cell)).toEqual([24, 12, 0, 0])
  })

  test('always starts in the corner below', () => {
    for (let i = 0; i < 20; i++) expect(untimedCliffWalking.init(foldIn(key(5), i))).toBe(36)
  })

  test('is cut off after exactly 200 steps, not failed', () => {
    let state = cliffWalking.init(KEY)
    const outcomes = []
    do {
      const [outcome, next] = cliffWalking.step(LEFT, KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.truncated)
    expect(outcomes.length).toBe(200)
    expect(outcomes.some(({ terminated }) => terminated)).toBe(false)
    expect(cliffWalking.name).toBe('cliff-walking')
  })
})

import type { Environment } from './environment.ts'
import type { Discrete } from './space.ts'
import { neighbour, tabular, type Move, type TransitionTable } from './tabular.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** Rows of equal length, of S (start), F (frozen), H (hole) and G (goal). */
export type LakeMap = readonly string[]

/** The map of a frozen lake, and whether its ice is slippery. */
export interface LakeConfig {
  /** The map; FROZEN_LAKE_4X4 by default. */
  readonly map?: LakeMap
  /** Whether a third of the steps goes to the left, and a third to the right, of the direction taken; true by default. */
  readonly slippery?: boolean
}

/** The map of 4 × 4 cells of Gymnasium: S is the start, F is frozen, H is a hole, G is the goal. */
export const FROZEN_LAKE_4X4: LakeMap = ['SFFF', 'FHFH', 'FFFH', 'HFFG']

/** The map of 8 × 8 cells of Gymnasium: S is the start, F is frozen, H is a hole, G is the goal. */
export const FROZEN_LAKE_8X8: LakeMap = [
  'SFFFFFFF',
  'FFFFFFFF',
  'FFFHFFFF',
  'FFFFFHFF',
  'FFFHFFFF',
  'FHHFFFHF',
  'FHFFHFHF',
  'FFFHFFFG',
]

// A quarter turn to the left from one to the next.
const LEFT: Move = [0, -1]
const DOWN: Move = [1, 0]
const RIGHT: Move = [0, 1]
const UP: Move = [-1, 0]
const MOVES = [LEFT, DOWN, RIGHT, UP]

/** The tiles of a map one after the other, and how many there are in a row. */
const tilesOf = (map: LakeMap): readonly [tiles: readonly string[], columns: number] => {
  const columns = map[0]?.length ?? 0
  if (columns === 0)
    throw new RangeError(`map: expected at least one row of at least one tile, got none`)
  map.forEach((row, i) => {
    if (row.length !== columns)
      throw new RangeError(`map[${i}]: expected ${columns} tiles as in map[0], got ${row.length}`)
    const wrong = /[^SFHG]/u.exec(row)
    if (wrong !== null)
      throw new RangeError(`map[${i}][${wrong.index}]: expected one of S, F, H, G, got ${wrong[0]}`)
  })
  const tiles = map.flatMap((row) => row.split(''))
  for (const tile of ['S', 'G'])
    if (!tiles.includes(tile)) throw new RangeError(`map: expected at least one ${tile}, got none`)
  return [tiles, columns]
}

/**
 * The possible outcomes of each action (left, down, right, up) in each cell, row by row: equal to P of
 * Gymnasium's FrozenLake-v1. On slippery ice, a step goes in the chosen direction or to either side of it,
 * with probability 1/3 each. Holes and goals cannot be left, and have reward 0.
 *
 * @throws RangeError unless the map has rows of one length, of S, F, H and G, with an S and a G
 */
export const frozenLakeTable = ({
  map = FROZEN_LAKE_4X4,
  slippery = true,
}: LakeConfig = {}): TransitionTable => {
  const [tiles, columns] = tilesOf(map)
  const ends = (cell: number): boolean => tiles[cell] === 'H' || tiles[cell] === 'G'
  return tiles.map((_, from) =>
    MOVES.map((_, action) => {
      if (ends(from)) return [{ probability: 1, cell: from, reward: 0, terminated: true }]
      const ways = slippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action]
      return ways.map((way) => {
        const cell = neighbour(map.length, columns, from, MOVES[way]!)
        const reward = tiles[cell] === 'G' ? 1 : 0
        return { probability: 1 / ways.length, cell, reward, terminated: ends(cell) }
      })
    }),
  )
}

/**
 * A walk over a frozen lake from S to G, without falling into a hole. The reward is 1 at the goal and 0
 * before; holes and goals terminate the episode. The state is the cell's number, row by row; the observation
 * is its one-hot vector. If there are several S, each is equally likely. Equal to Gymnasium's FrozenLake-v1
 * before its time limit, which is 100 steps, or 200 on the 8 × 8 map.
 *
 * @throws RangeError as `frozenLakeTable`
 */
export const untimedFrozenLake = (config: LakeConfig = {}): Environment<number, Discrete<4>> => {
  const table = frozenLakeTable(config)
  const [tiles] = tilesOf(config.map ?? FROZEN_LAKE_4X4)
  const starts = tiles.flatMap((tile, cell) => (tile === 'S' ? [cell] : []))
  return tabular('frozen-lake', table, starts)
}

/**
 * FrozenLake-v1: slippery, 4 × 4, cut off after 100 steps. The best policy reaches the goal in 74.4 % of the
 * episodes, and in 14/17 of them without the limit.
 */
export const frozenLake: Environment<Timed<number>, Discrete<4>> = timeLimit(100)(
  untimedFrozenLake(),
)

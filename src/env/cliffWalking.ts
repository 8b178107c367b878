import type { Environment } from './environment.ts'
import type { Discrete } from './space.ts'
import { neighbour, tabular, type Move, type TransitionTable } from './tabular.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

const ROWS = 4
const COLUMNS = 12
const START = (ROWS - 1) * COLUMNS
const GOAL = ROWS * COLUMNS - 1

const UP: Move = [-1, 0]
const RIGHT: Move = [0, 1]
const DOWN: Move = [1, 0]
const LEFT: Move = [0, -1]

/**
 * The outcome of each action (up, right, down, left) in each of the 48 cells, row by row: equal to
 * P of Gymnasium's CliffWalking-v1, also in the cells of the cliff and the goal, which are never
 * occupied.
 */
export const cliffWalkingTable: TransitionTable = Array.from(
  { length: ROWS * COLUMNS },
  (_, from) =>
    [UP, RIGHT, DOWN, LEFT].map((move) => {
      const cell = neighbour(ROWS, COLUMNS, from, move)
      return [
        cell > START && cell < GOAL
          ? { probability: 1, cell: START, reward: -100, terminated: false }
          : { probability: 1, cell, reward: -1, terminated: cell === GOAL },
      ]
    }),
)

/**
 * A walk from one end of a cliff's edge to the other (Sutton and Barto 2018, Example 6.6), on 4 rows of 12
 * cells: start and goal are at the ends of the last row, with the cliff between them. The reward is −1 per
 * step. A step into the cliff has reward −100 and leads back to the start; the episode continues. The goal
 * terminates it. The best return is −13, along the edge. The state is the cell's number, row by row; the
 * observation is its one-hot vector. Equal to Gymnasium's CliffWalking-v1, which has no time limit.
 */
export const untimedCliffWalking: Environment<number, Discrete<4>> = tabular(
  'cliff-walking',
  cliffWalkingTable,
  [START],
)

/**
 * The cliff walking task, cut off after 200 steps. The limit is our own: without one, a policy that
 * has not learned yet may walk for ever. Sutton and Barto 2018, example 6.6.
 */
export const cliffWalking: Environment<Timed<number>, Discrete<4>> = timeLimit(200)(
  untimedCliffWalking,
)

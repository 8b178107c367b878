import { env, random } from 'proximal'

/** Nine squares: 1 is ours, −1 the opponent's, 0 is free. */
export type Board = readonly number[]

export type Square = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const LINES = ['012', '345', '678', '036', '147', '258', '048', '246'].map((line) =>
  [...line].map(Number),
)

const sum = (board: Board, line: readonly number[]): number =>
  line.reduce((total, square) => total + board[square]!, 0)

const wins = (board: Board, side: number): boolean =>
  LINES.some((line) => sum(board, line) === 3 * side)

/** The square that completes a line of a side, if there is one. */
const completing = (board: Board, side: number): number | undefined =>
  LINES.find((line) => sum(board, line) === 2 * side)?.find((square) => board[square] === 0)

const put = (board: Board, square: number, side: number): Board =>
  board.map((owner, i) => (i === square ? side : owner))

/** A player by rule: it wins if it can, blocks if it must, and otherwise takes any free square. */
export const byRule = (board: Board, side: number, key: random.Key): Square => {
  const free = [...board.keys()].filter((square) => board[square] === 0)
  const any = free[Math.floor(free.length * random.uniformAt(key))]
  return (completing(board, side) ?? completing(board, -side) ?? any) as Square
}

/** Tic-tac-toe against the player by rule, who begins every other game. A win pays 1, a loss −1. */
export const ticTacToe: env.Environment<Board, env.Discrete<9>> = {
  name: 'tic-tac-toe',
  observationSpace: env.box(9, -1, 1),
  actionSpace: env.discrete(9),
  init: (key) => {
    const empty = [0, 0, 0, 0, 0, 0, 0, 0, 0]
    const [first, move] = random.split(key, 2)
    return random.uniformAt(first) < 0.5 ? empty : put(empty, byRule(empty, -1, move), -1)
  },
  step: (square, key) => (board) => {
    if (board[square] !== 0) throw new RangeError(`square ${square} is taken`)
    const ended = (reward: number, next: Board): [env.Outcome, Board] => [
      { reward, terminated: true, truncated: false },
      next,
    ]
    const ours = put(board, square, 1)
    if (wins(ours, 1)) return ended(1, ours)
    if (!ours.includes(0)) return ended(0, ours)
    const theirs = put(ours, byRule(ours, -1, key), -1)
    if (wins(theirs, -1)) return ended(-1, theirs)
    if (!theirs.includes(0)) return ended(0, theirs)
    return [{ reward: 0, terminated: false, truncated: false }, theirs]
  },
  observe: (board) => board,
  actionMask: (board) => board.map((square) => square === 0),
}

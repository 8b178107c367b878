import type { Environment } from './environment.ts'
import { untimedFlappyBird } from './flappyBird.ts'
import {
  BASE,
  BIRD_HEIGHT,
  BIRD_WIDTH,
  BIRD_X,
  PIPE_WIDTH,
  SCREEN_WIDTH,
  type FlappyBirdState,
} from './flappyBirdGame.ts'
import { box, type Discrete } from './space.ts'
import { frameStack, type Stacked } from './wrapper/frameStack.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

// Blocks lie flat, for it is up and down that a few pixels decide: the bird's 3 rows have to fit
// through the 10 to 15 of a gap.
const BLOCK_WIDTH = 16
const BLOCK_HEIGHT = 8
const COLUMNS = SCREEN_WIDTH / BLOCK_WIDTH
const ROWS = Math.ceil(BASE / BLOCK_HEIGHT)
const SIZE = ROWS * COLUMNS
const EMPTY: readonly number[] = Array.from({ length: SIZE }, () => 0)
const FULL: readonly number[] = Array.from({ length: SIZE }, () => 1)

/** The first of the blocks, `length` pixels each, whose centre is at `edge` or beyond. */
const firstFrom = (edge: number, length: number): number => Math.ceil(edge / length - 0.5)

/** 1 in the blocks of rows [top, bottom) and columns [left, right), as far as there are any. */
const fill = (out: number[], top: number, bottom: number, left: number, right: number): void => {
  const from = Math.max(left, 0)
  const to = Math.min(right, COLUMNS)
  const last = Math.min(bottom, ROWS)
  for (let row = Math.max(top, 0); row < last; row++)
    for (let column = from; column < to; column++) out[row * COLUMNS + column] = 1
}

/**
 * Flappy Bird as seen on a coarse screen of two colours: of the 288 × 404.48 pixels above the
 * ground, one number for each block 16 wide and 8 high, 18 columns in 51 rows, row after row from
 * the top. It is 1 where the block's centre is in the bird or a pipe (left and upper edges are
 * inside, right and lower ones are not), else 0. One frame shows no velocity.
 */
export const untimedFlappyBirdPixels: Environment<FlappyBirdState, Discrete<2>> = {
  ...untimedFlappyBird,
  name: 'flappy-bird-pixels',
  observationSpace: box(SIZE, EMPTY, FULL),

  observe: ({ y, pipes }) => {
    const out = EMPTY.slice()
    for (const { x, gapTop, gapHeight } of pipes) {
      const left = firstFrom(x, BLOCK_WIDTH)
      const right = firstFrom(x + PIPE_WIDTH, BLOCK_WIDTH)
      fill(out, 0, firstFrom(gapTop, BLOCK_HEIGHT), left, right)
      fill(out, firstFrom(gapTop + gapHeight, BLOCK_HEIGHT), ROWS, left, right)
    }
    fill(
      out,
      firstFrom(y, BLOCK_HEIGHT),
      firstFrom(y + BIRD_HEIGHT, BLOCK_HEIGHT),
      firstFrom(BIRD_X, BLOCK_WIDTH),
      firstFrom(BIRD_X + BIRD_WIDTH, BLOCK_WIDTH),
    )
    return out
  },
}

/** The last two frames, 1836 numbers; cut off after 10,000 frames. */
export const flappyBirdPixels: Environment<
  Timed<Stacked<FlappyBirdState>>,
  Discrete<2>
> = timeLimit(10_000)(frameStack(2)(untimedFlappyBirdPixels))

import type { Key } from '../random/key.ts'
import { uniform53 } from '../random/uniform.ts'
import type { Environment } from './environment.ts'
import { clip } from './linear.ts'
import { box, discrete, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** Pixels from the screen's left and upper edges: everything above the gap and below it is pipe. */
export interface Pipe {
  readonly x: number
  readonly gapTop: number
  readonly gapHeight: number
}

/** Pixels down to the bird's upper edge, pixels a frame downwards, the pipes from left to right. */
export interface FlappyBirdState {
  readonly y: number
  readonly velocity: number
  readonly pipes: readonly Pipe[]
}

// The constants of FlapPyBird, as game/wrapped_flappy_bird.py of DeepLearningFlappyBird has them.
export const SCREEN_WIDTH = 288
const SCREEN_HEIGHT = 512
export const BASE = 0.79 * SCREEN_HEIGHT
export const BIRD_X = 57
export const BIRD_WIDTH = 34
export const BIRD_HEIGHT = 24
export const PIPE_WIDTH = 52
const LOWEST = BASE - BIRD_HEIGHT
const FLAP = -9
const FASTEST_FALL = 10
const SCROLL = 4
const ENTRY = SCREEN_WIDTH + 10

/** A pipe at x from draws 2i and 2i + 1 of the key: gaps 10 U{2…9} + 80 from the top, U{80…120} high. */
const drawPipe = (key: Key, i: number, x: number): Pipe => ({
  x,
  gapTop: 10 * Math.floor(2 + 8 * uniform53(key, 2 * i)) + 80,
  gapHeight: Math.floor(80 + 41 * uniform53(key, 2 * i + 1)),
})

/** The bird's middle is past the pipe's by less than a frame's way: true in one frame a pipe. */
const passes = ({ x }: Pipe): boolean => {
  const ahead = BIRD_X + BIRD_WIDTH / 2 - (x + PIPE_WIDTH / 2)
  return ahead >= 0 && ahead < SCROLL
}

/** Rectangles share an area; edges that only touch do not. */
const hits = (y: number, { x, gapTop, gapHeight }: Pipe): boolean =>
  x < BIRD_X + BIRD_WIDTH &&
  x + PIPE_WIDTH > BIRD_X &&
  (y < gapTop || y + BIRD_HEIGHT > gapTop + gapHeight)

const isAhead = ({ x }: Pipe): boolean => x + PIPE_WIDTH > BIRD_X

// What is seen of a pipe that is not there: one that enters, its gap in the middle of all. Lives
// never show it: a pipe enters in the frame in which another falls behind the bird.
const NO_PIPE: Pipe = { x: ENTRY, gapTop: 135, gapHeight: 100 }

/** Pixels that a flap rises by: 9 + 8 + … + 1. */
const RISE = 45
const FINE = 5

const fine = (room: number): number => clip(room / FINE, -1, 1)

/** What is seen of a pipe; the bounds of it are below. */
const seenOf = (y: number, velocity: number, { x, gapTop, gapHeight }: Pipe) => {
  const above = y - gapTop
  const below = gapTop + gapHeight - (y + BIRD_HEIGHT)
  const fall = Math.min(velocity + 1, FASTEST_FALL)
  return [
    (x - SCREEN_WIDTH / 2) / 36,
    above / 25,
    below / 25,
    fine(above - RISE),
    fine(below - fall),
  ] as const
}

const LEAST_SEEN = [-4, -6.8, -8.9793, -1, -1] as const
const MOST_SEEN = [8, 11.2193, 10.64, 1, 1] as const

/**
 * A bird falls and flaps (action 1) through the gaps of pipes that come towards it, 30 frames a
 * second. A flap sets the velocity to −9, else it grows by 1 up to 10; the bird moves by it, but
 * not above the top nor into the ground, and flaps at the top as anywhere; pipes move by −4. A pipe
 * enters at 298 when the first is between 0 and 5, so that they stand 144 and 150 or 152 apart in
 * turn, 37 frames a pipe on the average. Reward 0.1 a frame, 1 instead in the frame that begins
 * with the bird's middle at a pipe's, −1 instead on a crash, which terminates: the bird within a
 * pixel of the ground, or overlapping a pipe. Equal to the game of DeepLearningFlappyBird but for
 * two things: it tests the pictures' opaque pixels for overlap, here the rectangles around them do;
 * its gaps are 100 high, here each has its own height.
 *
 * Observation: 2y / 380.48 − 1, the height from −1 at the top to 1 on the ground; velocity / 5; and
 * of each of the two next pipes (right edge beyond the bird's left one)
 *
 * - (x − 144) / 36;
 * - (y − gap top) / 25 and (gap bottom − (y + 24)) / 25, the rooms above and below the bird, both
 *   >= 0 where it fits through;
 * - what of the room above a flap leaves at its highest, 45 pixels up, and what of the room below
 *   another frame of falling leaves, in units of 5 pixels and cut off at ±1. The lowest gaps leave
 *   11 pixels to flap in, so that single ones decide.
 */
export const untimedFlappyBird: Environment<FlappyBirdState, Discrete<2>> = {
  name: 'flappy-bird',
  observationSpace: box(
    12,
    [-1, -1.8, ...LEAST_SEEN, ...LEAST_SEEN],
    [1, 2, ...MOST_SEEN, ...MOST_SEEN],
  ),
  actionSpace: discrete(2),

  init: (key) => ({
    y: (SCREEN_HEIGHT - BIRD_HEIGHT) / 2,
    velocity: 0,
    pipes: [drawPipe(key, 0, SCREEN_WIDTH), drawPipe(key, 1, 1.5 * SCREEN_WIDTH)],
  }),

  step:
    (action, key) =>
    ({ y, velocity, pipes }) => {
      const speed = action === 1 ? FLAP : Math.min(velocity + 1, FASTEST_FALL)
      const height = Math.max(y + Math.min(speed, LOWEST - y), 0)
      const after: Pipe[] = []
      let passed = false
      let terminated = height >= LOWEST - 1
      for (const pipe of pipes) {
        passed ||= passes(pipe)
        const x = pipe.x - SCROLL
        if (x < -PIPE_WIDTH) continue
        const moved = { x, gapTop: pipe.gapTop, gapHeight: pipe.gapHeight }
        terminated ||= hits(height, moved)
        after.push(moved)
      }
      const first = after[0]
      if (first !== undefined && first.x > 0 && first.x < 5) after.push(drawPipe(key, 0, ENTRY))
      return [
        { reward: terminated ? -1 : passed ? 1 : 0.1, terminated, truncated: false },
        { y: height, velocity: speed, pipes: after },
      ]
    },

  observe: ({ y, velocity, pipes }) => {
    let next = 0
    while (next < pipes.length && !isAhead(pipes[next]!)) next++
    const a = pipes[next] ?? NO_PIPE
    const b = pipes[next + 1] ?? NO_PIPE
    return [
      (2 * y) / LOWEST - 1,
      velocity / 5,
      ...seenOf(y, velocity, a),
      ...seenOf(y, velocity, b),
    ]
  },
}

/** Cut off after 10,000 frames, in which 269 pipes are passed. */
export const flappyBird: Environment<Timed<FlappyBirdState>, Discrete<2>> = timeLimit(10_000)(
  untimedFlappyBird,
)

import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import type { Environment } from './environment.ts'
import {
  BIRD_HEIGHT,
  BIRD_WIDTH,
  BIRD_X,
  ENTRY,
  FASTEST_FALL,
  FLAP,
  LOWEST,
  PIPE_WIDTH,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
  SCROLL,
  type FlappyBirdState,
  type Pipe,
} from './flappyBirdGame.ts'
import { seen, seenSpace } from './flappyBirdSeen.ts'
import { discrete, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** A pipe at x from draws 2i and 2i + 1 of the key: gaps 10 U{2…9} + 80 from the top, U{80…120} high. */
const drawPipe = (key: Key, i: number, x: number): Pipe => ({
  x,
  gapTop: 10 * Math.floor(2 + 8 * uniformAt(key, 2 * i)) + 80,
  gapHeight: Math.floor(80 + 41 * uniformAt(key, 2 * i + 1)),
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

/**
 * A bird falls and flaps (action 1) through the gaps of pipes that come towards it, 30 frames a second. A
 * flap sets the velocity to −9, else it grows by 1 up to 10; the bird moves by it, but not above the top nor
 * into the ground, and flaps at the top as anywhere; pipes move by −4. A pipe enters at 298 when the first is
 * between 0 and 5, so that they stand 144 and 150 or 152 apart in turn, 37 frames a pipe on the average.
 * Reward 0.1 a frame, 1 instead in the frame that begins with the bird's middle at a pipe's, −1 instead on a
 * crash, which terminates: the bird within a pixel of the ground, or overlapping a pipe. Equal to the game of
 * DeepLearningFlappyBird, with two exceptions: that game tests the pictures' opaque pixels for overlap, and
 * this one the rectangles around them; its gaps are 100 high, and here each gap has its own height.
 *
 * Observation: see `seen`.
 */
export const untimedFlappyBird: Environment<FlappyBirdState, Discrete<2>> = {
  name: 'flappy-bird',
  observationSpace: seenSpace,
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

  observe: seen,
}

/** Cut off after 10,000 frames, in which 269 pipes are passed. */
export const flappyBird: Environment<Timed<FlappyBirdState>, Discrete<2>> = timeLimit(10_000)(
  untimedFlappyBird,
)

import type { Environment } from './environment.ts'
import { untimedFlappyBird } from './flappyBird.ts'
import { LOWEST, SCREEN_WIDTH, type FlappyBirdState, type Pipe } from './flappyBirdGame.ts'
import { pipesAhead } from './flappyBirdSeen.ts'
import { box, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** −1 at the top, 1 where the bird's upper edge is when it lies on the ground. */
const height = (y: number): number => (2 * y) / LOWEST - 1

const gap = ({ x, gapTop, gapHeight }: Pipe): readonly [number, number, number] => [
  x / (SCREEN_WIDTH / 2) - 1,
  height(gapTop),
  height(gapTop + gapHeight),
]

/**
 * Flappy Bird by 8 plain numbers: the height of the bird, its velocity / 10, and of each of the two
 * next pipes x / 144 − 1, and the heights of the gap's top and bottom. Heights are 2y / 380.48 − 1.
 * Unlike the features of `flappyBird`, none of them predicts the effect of a flap.
 */
export const untimedFlappyBirdPlain: Environment<FlappyBirdState, Discrete<2>> = {
  ...untimedFlappyBird,
  name: 'flappy-bird-plain',
  observationSpace: box(8, [-1, -0.9, -1, -1, -1, -1, -1, -1], [1, 1, 2, 1, 1, 2, 1, 1]),

  observe: ({ y, velocity, pipes }) => {
    const [a, b] = pipesAhead(pipes)
    return [height(y), velocity / 10, ...gap(a), ...gap(b)]
  },
}

/** Cut off after 10,000 frames, in which 269 pipes are passed. */
export const flappyBirdPlain: Environment<Timed<FlappyBirdState>, Discrete<2>> = timeLimit(10_000)(
  untimedFlappyBirdPlain,
)

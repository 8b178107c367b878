import {
  BIRD_HEIGHT,
  BIRD_WIDTH,
  BIRD_X,
  ENTRY,
  FASTEST_FALL,
  FLAP,
  LOWEST,
  PIPE_WIDTH,
  SCREEN_WIDTH,
  SCROLL,
  type FlappyBirdState,
  type Pipe,
} from './flappyBirdGame.ts'
import { clip } from './linear.ts'
import { box } from './space.ts'

const isAhead = ({ x }: Pipe): boolean => x + PIPE_WIDTH > BIRD_X

// What is seen of a pipe that is not there: one that enters, its gap in the middle of all. Lives
// never show it: a pipe enters in the frame in which another falls behind the bird.
const NO_PIPE: Pipe = { x: ENTRY, gapTop: 135, gapHeight: 100 }

/** The next two pipes: those whose right edge is beyond the bird's left one. */
export const pipesAhead = (pipes: readonly Pipe[]): readonly [Pipe, Pipe] => {
  let next = 0
  while (next < pipes.length && !isAhead(pipes[next]!)) next++
  return [pipes[next] ?? NO_PIPE, pipes[next + 1] ?? NO_PIPE]
}

/** Pixels that a flap rises by: 9 + 8 + … + 1. */
const RISE = 45

const fine = (room: number): number => clip(room / 5, -1, 1)
const coarse = (room: number): number => clip(room / 10, -1, 1)

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

/** Pixels down that a bird falls in so many frames. */
const fallen = (velocity: number, frames: number): number => {
  const faster = Math.min(frames, FASTEST_FALL - velocity)
  return faster * velocity + (faster * (faster + 1)) / 2 + (frames - faster) * FASTEST_FALL
}

/** How far a bird that flaps in the first of so many frames moves. */
const flown = (frames: number): number => (frames === 0 ? 0 : FLAP + fallen(FLAP, frames - 1))

/** Frames until a pipe is over and under the bird. */
const untilThere = ({ x }: Pipe): number =>
  Math.max(0, Math.floor((x - BIRD_X - BIRD_WIDTH) / SCROLL) + 1)

/** Frames until it no longer is. */
const untilGone = ({ x }: Pipe): number =>
  Math.max(0, Math.ceil((x + PIPE_WIDTH - BIRD_X) / SCROLL))

/** How far down a bird is in so many frames: after a flap now and none later, and after none. */
const ends = (y: number, velocity: number, frames: number): readonly [number, number] => [
  y + flown(frames),
  y + fallen(velocity, frames),
]

const LEAST_SEEN = [-4, -6.8, -8.9793, -1, -1] as const
const MOST_SEEN = [8, 11.2193, 10.64, 1, 1] as const

/** The bounds of what is seen. */
export const seenSpace = box(
  18,
  [-1, -1.8, ...LEAST_SEEN, ...LEAST_SEEN, -1, -1, -1, -1, -1, -1],
  [1, 2, ...MOST_SEEN, ...MOST_SEEN, 1, 1, 1, 1, 1, 1],
)

/**
 * What a bird sees: 2y / 380.48 − 1, the height from −1 at the top to 1 on the ground; velocity / 5;
 * of each of the two next pipes (right edge beyond the bird's left one)
 *
 * - (x − 144) / 36;
 * - (y − gap top) / 25 and (gap bottom − (y + 24)) / 25, the rooms above and below the bird, both
 *   >= 0 where it fits through;
 * - what of the room above a flap leaves at its highest, 45 pixels up, and what of the room below
 *   another frame of falling leaves, in units of 5 pixels and cut off at ±1. The lowest gaps leave
 *   11 pixels to flap in, so that single ones decide;
 *
 * and how a flap now, or none, comes out with none after it, top and ground aside, in units of 10
 * pixels and cut off at ±1: the room below the gap's top in the frame in which the pipe arrives, of
 * each of the two, and the room above the first one's bottom in the frame in which that is gone. A
 * gap 60 pixels lower is reached or not by flaps 25 frames before it.
 */
export const seen = ({ y, velocity, pipes }: FlappyBirdState): readonly number[] => {
  const [a, b] = pipesAhead(pipes)
  const lowest = a.gapTop + a.gapHeight - BIRD_HEIGHT
  return [
    (2 * y) / LOWEST - 1,
    velocity / 5,
    ...seenOf(y, velocity, a),
    ...seenOf(y, velocity, b),
    ...ends(y, velocity, untilThere(a)).map((end) => coarse(end - a.gapTop)),
    ...ends(y, velocity, untilThere(b)).map((end) => coarse(end - b.gapTop)),
    ...ends(y, velocity, untilGone(a)).map((end) => coarse(lowest - end)),
  ]
}

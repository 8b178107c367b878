import { f64 } from '../math/real.ts'
import { uniform } from '../random/uniform.ts'
import { toArray } from '../tensor/tensor.ts'
import type { Environment } from './environment.ts'
import { clip } from './linear.ts'
import { box, discrete, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/**
 * Position along the road, from −1.2 to 0.6, with the lowest point at −π/6; velocity per step, within ±0.07.
 */
export interface MountainCarState {
  readonly position: number
  readonly velocity: number
}

// The constants of Gymnasium's MountainCar-v0.
const FORCE = 0.001
const GRAVITY = 0.0025
const MIN_POSITION = -1.2
const MAX_POSITION = 0.6
const MAX_SPEED = 0.07
const GOAL = 0.5

/**
 * One step on the road of height sin 3x, whose slope pulls with 0.0025 cos 3x beside the motor's
 * force: Euler, the new velocity moving the car. The wall on the left stops it; the end on the
 * right holds its place alone.
 */
export const roll =
  (force: number) =>
  (state: MountainCarState): MountainCarState => {
    const pull = GRAVITY * f64.cos(3 * state.position)
    const velocity = clip(state.velocity + (force - pull), -MAX_SPEED, MAX_SPEED)
    const position = clip(state.position + velocity, MIN_POSITION, MAX_POSITION)
    return { position, velocity: position === MIN_POSITION ? Math.max(velocity, 0) : velocity }
  }

/**
 * A car stands in a valley, with a motor too weak for the hill. It must swing back and forth to gain enough
 * speed to reach 0.5, on the right, without rolling back there. The motor pushes left (0), not (1) or right
 * (2), with 0.001. The reward is −1 per step, including the last one, which arrives. Observation [position,
 * velocity]. Moore 1990, "Efficient memory-based learning for robot control". Equal to Gymnasium's
 * MountainCar-v0 before its time limit.
 */
export const untimedMountainCar: Environment<MountainCarState, Discrete<3>> = {
  name: 'mountain-car',
  observationSpace: box(2, [MIN_POSITION, -MAX_SPEED], [MAX_POSITION, MAX_SPEED]),
  actionSpace: discrete(3),

  init: (key) => {
    const [u] = toArray(uniform(key, ['state'], [1], 'f64')) as [number]
    // From −0.6 to −0.4, both as they are written.
    return { position: (u - 3) / 5, velocity: 0 }
  },

  step: (action) => (state) => {
    const next = roll((action - 1) * FORCE)(state)
    const terminated = next.position >= GOAL && next.velocity >= 0
    return [{ reward: -1, terminated, truncated: false }, next]
  },

  observe: ({ position, velocity }) => [position, velocity],
}

/** MountainCar-v0: cut off after 200 steps. */
export const mountainCar: Environment<Timed<MountainCarState>, Discrete<3>> = timeLimit(200)(
  untimedMountainCar,
)

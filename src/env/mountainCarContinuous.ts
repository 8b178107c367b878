import type { Environment } from './environment.ts'
import { roll, untimedMountainCar, type MountainCarState } from './mountainCar.ts'
import { box, type Box } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

// The constants of Gymnasium's MountainCarContinuous-v0.
const POWER = 0.0015
const GOAL = 0.45
const PRIZE = 100

const { observationSpace, init, observe } = untimedMountainCar

/**
 * The mountain car whose motor pushes as hard as the action says: the action u, taken within ±1, is a force
 * of 0.0015 u. It must reach 0.45 without rolling back there. The reward is −0.1 u² per step, with u before
 * clipping, and an additional 100 on the step that arrives, which is the last. Observation [position,
 * velocity]. Equal to Gymnasium's MountainCarContinuous-v0 before its time limit, except that Gymnasium
 * rounds states to f32.
 */
export const untimedMountainCarContinuous: Environment<MountainCarState, Box<1>> = {
  name: 'mountain-car-continuous',
  observationSpace,
  actionSpace: box(1, [-1], [1]),

  init,

  step: (action) => {
    const told = action[0]!
    const move = roll(Math.min(Math.max(told, -1), 1) * POWER)
    return (state) => {
      const next = move(state)
      const terminated = next.position >= GOAL && next.velocity >= 0
      const reward = (terminated ? PRIZE : 0) - 0.1 * (told * told)
      return [{ reward, terminated, truncated: false }, next]
    }
  },

  observe,
}

/** MountainCarContinuous-v0: cut off after 999 steps. */
export const mountainCarContinuous: Environment<Timed<MountainCarState>, Box<1>> = timeLimit(999)(
  untimedMountainCarContinuous,
)

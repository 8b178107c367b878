import { f64 } from '../math/real.ts'
import { uniform } from '../random/uniform.ts'
import { toArray } from '../tensor/tensor.ts'
import type { Environment } from './environment.ts'
import { clip } from './linear.ts'
import { box, type Box } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** Radians, 0 upright, counter-clockwise, not wrapped; radians a second. */
export interface PendulumState {
  readonly theta: number
  readonly thetaDot: number
}

// The constants of Gymnasium's Pendulum-v1.
const GRAVITY = 10
const MASS = 1
const LENGTH = 1
const TAU = 0.05
const MAX_SPEED = 8
const MAX_TORQUE = 2

/** The angle wrapped to [−π, π]: ((θ + π) mod 2π) − π, mod taking the sign of 2π. */
const wrap = (theta: number): number => {
  const turn = 2 * Math.PI
  // The remainder of two numbers is itself a number, so % is exact, as few operations are.
  const rest = (theta + Math.PI) % turn
  return (rest < 0 ? rest + turn : rest) - Math.PI
}

/**
 * A rod hangs on a motor too weak to lift it at once. The task is to swing it up and hold it, at 20 steps per
 * second. The action is the torque u, taken within ±2 N m. A uniform rod about its end has the moment of
 * inertia ml²/3, so θ̈ = 3g/(2l) sin θ + 3/(ml²) u; Euler, with the new speed (within ±8 rad/s) moving the
 * angle. The reward is −(θ² + 0.1 θ̇² + 0.001 u²) of the state before the step, θ wrapped to ±π: from −16.28
 * to 0. Observation [cos θ, sin θ, θ̇]. Never terminates. Equal to Gymnasium's Pendulum-v1 before its time
 * limit.
 */
export const untimedPendulum: Environment<PendulumState, Box<1>> = {
  name: 'pendulum',
  observationSpace: box(3, [-1, -1, -MAX_SPEED], [1, 1, MAX_SPEED]),
  actionSpace: box(1, [-MAX_TORQUE], [MAX_TORQUE]),

  init: (key) => {
    const [a, b] = toArray(uniform(key, ['state'], [2], 'f64')) as [number, number]
    return { theta: 2 * Math.PI * a - Math.PI, thetaDot: 2 * b - 1 }
  },

  step:
    ([action]) =>
    ({ theta, thetaDot }) => {
      const torque = clip(action!, -MAX_TORQUE, MAX_TORQUE)
      const angle = wrap(theta)
      const cost = angle * angle + 0.1 * (thetaDot * thetaDot) + 0.001 * (torque * torque)
      const thetaAcc =
        ((3 * GRAVITY) / (2 * LENGTH)) * f64.sin(theta) + (3 / (MASS * (LENGTH * LENGTH))) * torque
      const speed = clip(thetaDot + TAU * thetaAcc, -MAX_SPEED, MAX_SPEED)
      return [
        { reward: -cost, terminated: false, truncated: false },
        { theta: theta + TAU * speed, thetaDot: speed },
      ]
    },

  observe: ({ theta, thetaDot }) => [f64.cos(theta), f64.sin(theta), thetaDot],
}

/** Pendulum-v1: cut off after 200 steps. */
export const pendulum: Environment<Timed<PendulumState>, Box<1>> = timeLimit(200)(untimedPendulum)

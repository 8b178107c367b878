import { f64 } from '../math/real.ts'
import { uniform } from '../random/uniform.ts'
import { toArray } from '../tensor/tensor.ts'
import type { Environment } from './environment.ts'
import { box, discrete, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/** Metres, metres per second, radians, radians per second. */
export interface CartPoleState {
  readonly x: number
  readonly xDot: number
  readonly theta: number
  readonly thetaDot: number
}

// The constants of Barto, Sutton and Anderson 1983, as Gymnasium's CartPole-v1 has them.
const GRAVITY = 9.8
const CART_MASS = 1
const POLE_MASS = 0.1
const TOTAL_MASS = CART_MASS + POLE_MASS
const HALF_LENGTH = 0.5
const FORCE = 10
const TAU = 0.02
const THETA_LIMIT = (12 * 2 * Math.PI) / 360
const X_LIMIT = 2.4
const LARGEST_F32 = 3.4028234663852886e38

/**
 * A pole balances on a cart that is pushed left (0) or right (1) with 10 N, at 50 steps per second. The
 * reward is 1 per step, including the last. The episode terminates beyond ±2.4 m or ±12°. Integration is
 * explicit Euler: the old velocities move the positions. Equal to Gymnasium's CartPole-v1 before its time
 * limit.
 */
export const untimedCartPole: Environment<CartPoleState, Discrete<2>> = {
  name: 'cartpole',
  observationSpace: box(
    4,
    [-2 * X_LIMIT, -LARGEST_F32, -2 * THETA_LIMIT, -LARGEST_F32],
    [2 * X_LIMIT, LARGEST_F32, 2 * THETA_LIMIT, LARGEST_F32],
  ),
  actionSpace: discrete(2),

  init: (key) => {
    const [x, xDot, theta, thetaDot] = toArray(uniform(key, ['state'], [4], 'f64')).map(
      (u) => 0.1 * u - 0.05,
    ) as [number, number, number, number]
    return { x, xDot, theta, thetaDot }
  },

  step:
    (action) =>
    ({ x, xDot, theta, thetaDot }) => {
      const force = action === 1 ? FORCE : -FORCE
      const cos = f64.cos(theta)
      const sin = f64.sin(theta)
      const poleMassLength = POLE_MASS * HALF_LENGTH
      // Florian 2007, "Correct equations for the dynamics of the cart-pole system", eq. 23 and 24
      // without friction.
      const push = (force + poleMassLength * (thetaDot * thetaDot) * sin) / TOTAL_MASS
      const thetaAcc =
        (GRAVITY * sin - cos * push) /
        (HALF_LENGTH * (4 / 3 - (POLE_MASS * (cos * cos)) / TOTAL_MASS))
      const xAcc = push - (poleMassLength * thetaAcc * cos) / TOTAL_MASS
      const next = {
        x: x + TAU * xDot,
        xDot: xDot + TAU * xAcc,
        theta: theta + TAU * thetaDot,
        thetaDot: thetaDot + TAU * thetaAcc,
      }
      const terminated =
        next.x < -X_LIMIT ||
        next.x > X_LIMIT ||
        next.theta < -THETA_LIMIT ||
        next.theta > THETA_LIMIT
      return [{ reward: 1, terminated, truncated: false }, next]
    },

  observe: ({ x, xDot, theta, thetaDot }) => [x, xDot, theta, thetaDot],
}

/** CartPole-v1: the cart pole, cut off after 500 steps. The best return is 500. */
export const cartPole: Environment<Timed<CartPoleState>, Discrete<2>> = timeLimit(500)(
  untimedCartPole,
)

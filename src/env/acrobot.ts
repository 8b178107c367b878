import { f64 } from '../math/real.ts'
import { uniform } from '../random/uniform.ts'
import { toArray } from '../tensor/tensor.ts'
import type { Environment } from './environment.ts'
import { clip } from './linear.ts'
import { box, discrete, type Discrete } from './space.ts'
import { timeLimit, type Timed } from './wrapper/timeLimit.ts'

/**
 * Radians in [−π, π], 0 when hanging, θ₂ measured from the direction of the first link; then radians per
 * second, within ±4π and ±9π.
 */
export interface AcrobotState {
  readonly theta1: number
  readonly theta2: number
  readonly theta1Dot: number
  readonly theta2Dot: number
}

// The constants of Gymnasium's Acrobot-v1: two equal links.
const GRAVITY = 9.8
const MASS = 1
const LENGTH = 1
const CENTRE = 0.5
const INERTIA = 1
const TAU = 0.2
const MAX_SPEED_1 = 4 * Math.PI
const MAX_SPEED_2 = 9 * Math.PI

/** The angle wrapped to [−π, π]; an angle within that range is unchanged. */
const wrap = (theta: number): number => {
  const turn = 2 * Math.PI
  // The remainder of two numbers is itself a number, so % is exact, as few operations are.
  const rest = theta % turn
  if (rest > Math.PI) return rest - turn
  return rest < -Math.PI ? rest + turn : rest
}

/**
 * The time derivative of each number of a state. With I the inertia of a link about its centre, c the
 * centre's distance from the joint, and the torque u at the second joint:
 *
 *     d₁ θ̈₁ + d₂ θ̈₂ + φ₁ = 0        d₁ = mc² + m(l² + c² + 2lc cos θ₂) + 2I
 *     d₂ θ̈₁ + d₃ θ̈₂ + φ₂ = u        d₂ = m(c² + lc cos θ₂) + I,   d₃ = mc² + I
 *
 *     φ₁ = −mlc sin θ₂ (θ̇₂² + 2θ̇₁θ̇₂) + m(c + l) g sin θ₁ + mcg sin(θ₁ + θ₂)
 *     φ₂ = mlc sin θ₂ θ̇₁² + mcg sin(θ₁ + θ₂)
 */
const derivative = (
  { theta1, theta2, theta1Dot, theta2Dot }: AcrobotState,
  torque: number,
): AcrobotState => {
  const cos2 = f64.cos(theta2)
  const swing = MASS * LENGTH * CENTRE * f64.sin(theta2)
  const weight2 = MASS * CENTRE * GRAVITY * f64.sin(theta1 + theta2)
  const weight1 = MASS * (CENTRE + LENGTH) * GRAVITY * f64.sin(theta1) + weight2
  const d3 = MASS * (CENTRE * CENTRE) + INERTIA
  const d2 = d3 + MASS * LENGTH * CENTRE * cos2
  const d1 = 2 * d3 + MASS * LENGTH * (LENGTH + 2 * CENTRE * cos2)
  const phi1 = weight1 - swing * theta2Dot * (theta2Dot + 2 * theta1Dot)
  const phi2 = weight2 + swing * (theta1Dot * theta1Dot)
  const theta2Acc = (torque - phi2 + (d2 / d1) * phi1) / (d3 - (d2 * d2) / d1)
  return {
    theta1: theta1Dot,
    theta2: theta2Dot,
    theta1Dot: -(d2 * theta2Acc + phi1) / d1,
    theta2Dot: theta2Acc,
  }
}

/** state + time · rate. */
const along = (state: AcrobotState, time: number, rate: AcrobotState): AcrobotState => ({
  theta1: state.theta1 + time * rate.theta1,
  theta2: state.theta2 + time * rate.theta2,
  theta1Dot: state.theta1Dot + time * rate.theta1Dot,
  theta2Dot: state.theta2Dot + time * rate.theta2Dot,
})

/** τ later, the torque being held: the Runge–Kutta method of order 4. */
const flow = (state: AcrobotState, torque: number): AcrobotState => {
  const a = derivative(state, torque)
  const b = derivative(along(state, TAU / 2, a), torque)
  const c = derivative(along(state, TAU / 2, b), torque)
  const d = derivative(along(state, TAU, c), torque)
  return along(state, TAU / 6, {
    theta1: a.theta1 + 2 * (b.theta1 + c.theta1) + d.theta1,
    theta2: a.theta2 + 2 * (b.theta2 + c.theta2) + d.theta2,
    theta1Dot: a.theta1Dot + 2 * (b.theta1Dot + c.theta1Dot) + d.theta1Dot,
    theta2Dot: a.theta2Dot + 2 * (b.theta2Dot + c.theta2Dot) + d.theta2Dot,
  })
}

/**
 * Two links hang from a bar, with a motor at the joint between them. The task is to swing the free end higher
 * than one link above the bar, −cos θ₁ − cos(θ₁ + θ₂) > 1, at five steps per second. The motor turns with −1
 * (0), 0 (1) or 1 N m (2). The reward is −1 per step, and 0 on the step that succeeds, which is the last.
 * Observation [cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂]. The dynamics of Sutton and Barto, "Reinforcement
 * learning: an introduction". Equal to Gymnasium's Acrobot-v1 before its time limit, except that Gymnasium
 * rounds initial states to f32.
 */
export const untimedAcrobot: Environment<AcrobotState, Discrete<3>> = {
  name: 'acrobot',
  observationSpace: box(
    6,
    [-1, -1, -1, -1, -MAX_SPEED_1, -MAX_SPEED_2],
    [1, 1, 1, 1, MAX_SPEED_1, MAX_SPEED_2],
  ),
  actionSpace: discrete(3),

  init: (key) => {
    const [theta1, theta2, theta1Dot, theta2Dot] = toArray(uniform(key, ['state'], [4], 'f64')).map(
      (u) => (2 * u - 1) / 10,
    ) as [number, number, number, number]
    return { theta1, theta2, theta1Dot, theta2Dot }
  },

  step: (action) => (state) => {
    const { theta1, theta2, theta1Dot, theta2Dot } = flow(state, action - 1)
    const next = {
      theta1: wrap(theta1),
      theta2: wrap(theta2),
      theta1Dot: clip(theta1Dot, -MAX_SPEED_1, MAX_SPEED_1),
      theta2Dot: clip(theta2Dot, -MAX_SPEED_2, MAX_SPEED_2),
    }
    const terminated = -f64.cos(next.theta1) - f64.cos(next.theta1 + next.theta2) > 1
    return [{ reward: terminated ? 0 : -1, terminated, truncated: false }, next]
  },

  observe: ({ theta1, theta2, theta1Dot, theta2Dot }) => [
    f64.cos(theta1),
    f64.sin(theta1),
    f64.cos(theta2),
    f64.sin(theta2),
    theta1Dot,
    theta2Dot,
  ],
}

/** Acrobot-v1: cut off after 500 steps. */
export const acrobot: Environment<Timed<AcrobotState>, Discrete<3>> = timeLimit(500)(untimedAcrobot)

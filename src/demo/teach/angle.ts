import { f64 } from '../../math/real.ts'

/** Newton's steps, each of which cubes the error. */
const STEPS = 5

/** The angle in about [−π/2, 3π/2] of a point on the unit circle; enough to draw by. */
export const angleOf = (cos: number, sin: number): number => {
  // sin is as good as the angle near 0 and π, and at most 0.58 off.
  let angle = cos >= 0 ? sin : Math.PI - sin
  for (let i = 0; i < STEPS; i++) angle += sin * f64.cos(angle) - cos * f64.sin(angle)
  return angle
}

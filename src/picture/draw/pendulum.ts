import type { PendulumState } from '../../env/pendulum.ts'
import { f64 } from '../../math/real.ts'
import { circle, polyline, type Colour, type Picture } from '../picture.ts'

const SIZE = 400
const MIDDLE = SIZE / 2
const ROD = 140

const BACKGROUND: Colour = [247, 248, 250]
const ROUND: Colour = [231, 235, 240]
const ROD_COLOUR: Colour = [204, 77, 77]
const WEIGHT: Colour = [163, 50, 58]
const AXLE: Colour = [38, 50, 71]

/** A rod of 140 units on its axle in the middle: 0 is upright, and θ > 0 leans to the left. */
export const drawPendulum = ({ theta }: PendulumState): Picture => {
  const end = [MIDDLE - ROD * f64.sin(theta), MIDDLE - ROD * f64.cos(theta)] as const
  return {
    width: SIZE,
    height: SIZE,
    background: BACKGROUND,
    shapes: [
      circle(MIDDLE, MIDDLE, ROD, ROUND),
      polyline([[MIDDLE, MIDDLE], end], 32, ROD_COLOUR),
      circle(end[0], end[1], 10, WEIGHT),
      circle(MIDDLE, MIDDLE, 9, AXLE),
      circle(MIDDLE, MIDDLE, 3, ROUND),
    ],
  }
}

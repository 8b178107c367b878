import type { AcrobotState } from '../../env/acrobot.ts'
import { f64 } from '../../math/real.ts'
import { circle, polyline, rect, type Colour, type Picture, type Point } from '../picture.ts'

const SIZE = 440
const LINK = 100
const BAR: Point = [SIZE / 2, SIZE / 2]

const BACKGROUND: Colour = [247, 248, 250]
const GOAL: Colour = [96, 176, 112]
const BAR_COLOUR: Colour = [196, 203, 213]
const FIRST: Colour = [38, 84, 124]
const SECOND: Colour = [17, 138, 178]
const JOINT: Colour = [255, 209, 102]
const END: Colour = [214, 69, 65]

const below = ([x, y]: Point, angle: number): Point => [
  x + LINK * f64.sin(angle),
  y + LINK * f64.cos(angle),
]

/**
 * Two links, 100 units each, from a bar in the middle: 0 hangs, and angles grow towards the right.
 * The green line is what the free end has to pass.
 */
export const drawAcrobot = ({ theta1, theta2 }: AcrobotState): Picture => {
  const middle = below(BAR, theta1)
  const end = below(middle, theta1 + theta2)
  return {
    width: SIZE,
    height: SIZE,
    background: BACKGROUND,
    shapes: [
      rect(0, BAR[1] - 2, SIZE, 4, BAR_COLOUR),
      rect(0, BAR[1] - LINK - 2, SIZE, 4, GOAL),
      polyline([BAR, middle], 20, FIRST),
      polyline([middle, end], 16, SECOND),
      circle(BAR[0], BAR[1], 7, JOINT),
      circle(middle[0], middle[1], 6, JOINT),
      circle(end[0], end[1], 6, END),
    ],
  }
}

import type { CartPoleState } from '../../env/cartPole.ts'
import { f64 } from '../../math/real.ts'
import { circle, polyline, rect, type Colour, type Picture } from '../picture.ts'

const WIDTH = 660
const HEIGHT = 330
const METRE = 125
/** The cart may go as far as this from the middle, in metres. */
const LIMIT = 2.4
const TRACK = 262
const CART_WIDTH = 88
const CART_HEIGHT = 44
const AXLE = TRACK - 8 - CART_HEIGHT
const POLE = METRE

const SKY: Colour = [247, 248, 250]
const RAIL: Colour = [148, 158, 172]
const STOP: Colour = [214, 69, 65]
const CART: Colour = [38, 50, 71]
const STRIPE: Colour = [68, 86, 117]
const WHEEL: Colour = [92, 104, 122]
const POLE_COLOUR: Colour = [222, 144, 74]
const HUB: Colour = [129, 132, 203]

const stop = (metres: number) => rect(WIDTH / 2 + metres * METRE - 2, TRACK - 8, 4, 16, STOP)

/**
 * A cart on its track, 125 units a metre, x = 0 in the middle, red marks at ±2.4 m; the pole, 1 m
 * long, leans to the right by θ > 0.
 */
export const drawCartPole = ({ x, theta }: CartPoleState): Picture => {
  const middle = WIDTH / 2 + x * METRE
  const tip = [middle + POLE * f64.sin(theta), AXLE - POLE * f64.cos(theta)] as const
  return {
    width: WIDTH,
    height: HEIGHT,
    background: SKY,
    shapes: [
      rect(0, TRACK - 2, WIDTH, 4, RAIL),
      stop(-LIMIT),
      stop(LIMIT),
      circle(middle - CART_WIDTH / 4, TRACK - 9, 9, WHEEL),
      circle(middle + CART_WIDTH / 4, TRACK - 9, 9, WHEEL),
      rect(middle - CART_WIDTH / 2, AXLE, CART_WIDTH, CART_HEIGHT - 4, CART),
      rect(middle - CART_WIDTH / 2, AXLE + 26, CART_WIDTH, 5, STRIPE),
      polyline([[middle, AXLE], tip], 12, POLE_COLOUR),
      circle(middle, AXLE, 8, HUB),
      circle(middle, AXLE, 3, SKY),
    ],
  }
}

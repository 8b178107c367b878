import {
  BASE,
  BIRD_HEIGHT,
  BIRD_WIDTH,
  BIRD_X,
  PIPE_WIDTH,
  SCREEN_WIDTH,
  type FlappyBirdState,
  type Pipe,
} from '../../env/flappyBirdGame.ts'
import { f64 } from '../../math/real.ts'
import { circle, polygon, rect, type Colour, type Picture, type Shape } from '../picture.ts'
import { bird } from './bird.ts'

const HEIGHT = 512
const RIM_HEIGHT = 24
const STRIPE = 24
const SCROLL = 4

const SKY: Colour = [112, 197, 206]
const CLOUD: Colour = [216, 240, 232]
const BUSH: Colour = [130, 214, 140]
const EARTH: Colour = [222, 216, 150]
const TURF: Colour = [156, 204, 84]
const DARK_TURF: Colour = [116, 172, 60]
const BORDER: Colour = [84, 56, 71]
const PIPE: Colour = [115, 191, 46]
const LIGHT: Colour = [178, 226, 100]
const SHADOW: Colour = [85, 128, 34]

const CLOUDS = [0, 52, 98, 150, 204, 258].map((x, i) =>
  circle(x, BASE - 42, 26 + ((i * 7) % 12), CLOUD),
)
const BUSHES = [10, 44, 80, 120, 158, 196, 236, 276].map((x, i) =>
  circle(x, BASE - 4, 18 + ((i * 5) % 9), BUSH),
)

/** A barrel with its light and its shadow, and a border around. */
const barrel = (x: number, y: number, width: number, height: number): readonly Shape[] => [
  rect(x, y, width, height, BORDER),
  rect(x + 2, y + 2, width - 4, height - 4, PIPE),
  rect(x + 6, y + 2, 7, height - 4, LIGHT),
  rect(x + width - 12, y + 2, 10, height - 4, SHADOW),
]

const pipe = ({ x, gapTop, gapHeight }: Pipe): readonly Shape[] => {
  const bottom = gapTop + gapHeight
  return [
    ...barrel(x + 2, -2, PIPE_WIDTH - 4, gapTop),
    ...barrel(x, gapTop - RIM_HEIGHT, PIPE_WIDTH, RIM_HEIGHT),
    ...barrel(x + 2, bottom, PIPE_WIDTH - 4, BASE - bottom),
    ...barrel(x, bottom, PIPE_WIDTH, RIM_HEIGHT),
  ]
}

/** The ground, its turf striped, moving on with the pipes. */
const ground = (elapsed: number): readonly Shape[] => {
  const start = -((SCROLL * elapsed) % STRIPE)
  const stripes = Array.from({ length: SCREEN_WIDTH / STRIPE + 1 }, (_, i) => {
    const x = start + i * STRIPE
    return polygon(
      [
        [x + 6, BASE + 3],
        [x + 18, BASE + 3],
        [x + 12, BASE + 15],
        [x, BASE + 15],
      ],
      DARK_TURF,
    )
  })
  return [
    rect(0, BASE, SCREEN_WIDTH, HEIGHT - BASE, EARTH),
    rect(0, BASE, SCREEN_WIDTH, 15, TURF),
    ...stripes,
    rect(0, BASE, SCREEN_WIDTH, 3, BORDER),
    rect(0, BASE + 15, SCREEN_WIDTH, 3, DARK_TURF),
  ]
}

/**
 * The game's screen, 288 × 512 units: pipes with rims on the border of their gaps, and a bird in
 * its rectangle of 34 × 24, its beak up by 20° as it rises and down by as much as 50° as it falls.
 *
 * @param elapsed frames so far, which move the ground
 */
export const drawFlappyBird = (
  { y, velocity, pipes }: FlappyBirdState,
  elapsed: number,
): Picture => {
  const angle = (Math.min(Math.max(5 * velocity, -20), 50) * Math.PI) / 180
  return {
    width: SCREEN_WIDTH,
    height: HEIGHT,
    background: SKY,
    shapes: [
      ...CLOUDS,
      ...BUSHES,
      ...ground(elapsed),
      ...pipes.filter(({ x }) => x < SCREEN_WIDTH).flatMap(pipe),
      ...bird(
        [BIRD_X + BIRD_WIDTH / 2, y + BIRD_HEIGHT / 2],
        f64.cos(angle),
        f64.sin(angle),
        velocity < 0,
      ),
    ],
  }
}

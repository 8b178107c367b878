import type { MountainCarState } from '../../env/mountainCar.ts'
import { f64 } from '../../math/real.ts'
import { circle, polygon, polyline, type Colour, type Picture, type Point } from '../picture.ts'
import { flag } from './flag.ts'
import { turn } from './turn.ts'

const WIDTH = 600
const HEIGHT = 360
const LEFT = -1.3
const UNIT = 300
const STEPS = 100

const SKY: Colour = [214, 234, 246]
const SUN: Colour = [255, 216, 112]
const HILL: Colour = [122, 98, 78]
const GRASS: Colour = [98, 160, 88]
const BODY: Colour = [208, 62, 62]
const GLASS: Colour = [45, 60, 86]
const TYRE: Colour = [34, 36, 44]
const RIM: Colour = [204, 210, 218]
const FLAG: Colour = [240, 172, 40]

// The road's height is sin 3x; it is drawn at 0.45 of that, so that all of it can be seen.
const roadAt = (position: number): Point => [
  (position - LEFT) * UNIT,
  HEIGHT - (0.45 * f64.sin(3 * position) + 0.55) * UNIT,
]

const ROAD: readonly Point[] = Array.from({ length: STEPS + 1 }, (_, i) =>
  roadAt(LEFT + (i * WIDTH) / UNIT / STEPS),
)

const HULL: readonly Point[] = [
  [-22, -8],
  [-22, -18],
  [-12, -19],
  [-7, -29],
  [9, -29],
  [15, -19],
  [22, -17],
  [22, -8],
]
const WINDOW: readonly Point[] = [
  [-7, -19],
  [-4, -26],
  [7, -26],
  [11, -19],
]

/**
 * A car in its valley, 300 units for 1 along the road from −1.3 to 0.7, on its wheels and along
 * the slope; a flag where it has to get to.
 *
 * @param goal the flag's place along the road
 */
export const drawMountainCar =
  (goal: number) =>
  ({ position }: MountainCarState): Picture => {
    // The slope that is drawn, d/dx 0.45 sin 3x, downwards as y is.
    const slope = -0.45 * 3 * f64.cos(3 * position)
    const length = Math.sqrt(1 + slope * slope)
    const place = (points: readonly Point[]) =>
      turn(points, roadAt(position), 1 / length, slope / length)
    const [back, front] = place([
      [-13, -8],
      [13, -8],
    ]) as [Point, Point]
    const [flagX, flagY] = roadAt(goal)
    return {
      width: WIDTH,
      height: HEIGHT,
      background: SKY,
      shapes: [
        circle(300, 62, 30, SUN),
        polygon([...ROAD, [WIDTH, HEIGHT], [0, HEIGHT]], HILL),
        polyline(ROAD, 7, GRASS),
        ...flag(flagX, flagY, 52, FLAG),
        polygon(place(HULL), BODY),
        polygon(place(WINDOW), GLASS),
        circle(back[0], back[1], 8, TYRE),
        circle(front[0], front[1], 8, TYRE),
        circle(back[0], back[1], 3, RIM),
        circle(front[0], front[1], 3, RIM),
      ],
    }
  }

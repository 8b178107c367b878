import { circle, polygon, type Colour, type Point, type Shape } from '../picture.ts'
import { turn } from './turn.ts'

const BORDER: Colour = [84, 56, 71]
const BODY: Colour = [250, 208, 58]
const BELLY: Colour = [238, 156, 48]
const WING: Colour = [252, 242, 206]
const WHITE: Colour = [255, 255, 255]
const BEAK: Colour = [236, 92, 56]

const SIDES = 24

/** Corners around an ellipse about (x, y), by turning by 15° again and again. */
const ellipse = (x: number, y: number, across: number, down: number): readonly Point[] => {
  const [cos, sin] = [0.9659258262890683, 0.25881904510252074]
  const round: Point[] = [[1, 0]]
  while (round.length < SIDES) round.push(...turn([round.at(-1)!], [0, 0], cos, sin))
  return round.map(([a, b]) => [x + across * a, y + down * b])
}

const OUTLINE = ellipse(0, 0, 16, 12)
const INSIDE = ellipse(0, 0, 14, 10)
const UNDERSIDE = ellipse(1, 5, 10, 4.5)
const WING_UP = ellipse(-9, -3, 7, 5)
const WING_DOWN = ellipse(-9, 3, 7, 5)
const LIPS: readonly Point[] = [
  [6, 1],
  [17, 1],
  [18, 4],
  [16, 8],
  [6, 8],
]

/** A bird about the place, its beak in the direction (cos, sin), y downwards. */
export const bird = (
  place: Point,
  cos: number,
  sin: number,
  wingDown: boolean,
): readonly Shape[] => {
  const put = (points: readonly Point[]) => turn(points, place, cos, sin)
  const [eye, pupil] = put([
    [8, -5],
    [10, -5],
  ]) as [Point, Point]
  return [
    polygon(put(OUTLINE), BORDER),
    polygon(put(INSIDE), BODY),
    polygon(put(UNDERSIDE), BELLY),
    polygon(put(wingDown ? WING_DOWN : WING_UP), WING),
    circle(...eye, 5, WHITE),
    circle(...pupil, 2, BORDER),
    polygon(put(LIPS), BEAK),
  ]
}

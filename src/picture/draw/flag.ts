import { polygon, rect, type Colour, type Shape } from '../picture.ts'

const POLE: Colour = [84, 78, 92]

/** A flag whose pole stands on (x, y), `height` units high. */
export const flag = (x: number, y: number, height: number, colour: Colour): readonly Shape[] => [
  rect(x - height / 30, y - height, height / 15, height, POLE),
  polygon(
    [
      [x + height / 30, y - height],
      [x + height * 0.6, y - height * 0.8],
      [x + height / 30, y - height * 0.6],
    ],
    colour,
  ),
]

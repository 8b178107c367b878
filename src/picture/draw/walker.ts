import { circle, polygon, polyline, type Colour, type Shape } from '../picture.ts'

const LEGS: Colour = [52, 58, 84]
const COAT: Colour = [205, 66, 82]
const SKIN: Colour = [245, 207, 170]
const CAP: Colour = [46, 94, 170]

/** Someone with a cap, `size` units high, about the middle (x, y). */
export const walker = (x: number, y: number, size: number): readonly Shape[] => {
  const u = size / 10
  return [
    polyline(
      [
        [x - u, y + 2 * u],
        [x - u, y + 4.4 * u],
      ],
      1.3 * u,
      LEGS,
    ),
    polyline(
      [
        [x + u, y + 2 * u],
        [x + u, y + 4.4 * u],
      ],
      1.3 * u,
      LEGS,
    ),
    polygon(
      [
        [x - 1.4 * u, y - 1.4 * u],
        [x + 1.4 * u, y - 1.4 * u],
        [x + 2.2 * u, y + 2.8 * u],
        [x - 2.2 * u, y + 2.8 * u],
      ],
      COAT,
    ),
    circle(x, y - 2.6 * u, 2 * u, SKIN),
    polygon(
      [
        [x - 2.1 * u, y - 3 * u],
        [x - 1.6 * u, y - 4.4 * u],
        [x, y - 5 * u],
        [x + 1.6 * u, y - 4.4 * u],
        [x + 2.1 * u, y - 3 * u],
      ],
      CAP,
    ),
  ]
}

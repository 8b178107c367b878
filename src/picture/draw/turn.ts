import type { Point } from '../picture.ts'

/** Points about (0, 0) turned so that right becomes (cos, sin), y downwards, and moved to a place. */
export const turn = (
  points: readonly Point[],
  [atX, atY]: Point,
  cos: number,
  sin: number,
): readonly Point[] =>
  points.map(([x, y]) => [atX + x * cos - y * sin, atY + x * sin + y * cos] as const)

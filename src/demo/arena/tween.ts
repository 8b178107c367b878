import type { Picture, Point, Shape } from '../../picture/picture.ts'

const mix = (a: number, b: number, t: number): number => a + (b - a) * t

const mixPoints = (a: readonly Point[], b: readonly Point[], t: number): readonly Point[] =>
  a.length === b.length
    ? b.map(([x, y], i): Point => [mix(a[i]![0], x, t), mix(a[i]![1], y, t)])
    : b

/** A shape may move by so much of the picture's width in a step; beyond that it is another one. */
const FARTHEST = 0.2

const placeOf = (shape: Shape): Point =>
  'points' in shape ? (shape.points[0] ?? [0, 0]) : [shape.x, shape.y]

const mixShapes = (a: Shape | undefined, b: Shape, t: number, farthest: number): Shape => {
  if (a === undefined) return b
  const [[ax, ay], [bx, by]] = [placeOf(a), placeOf(b)]
  if (Math.abs(ax - bx) > farthest || Math.abs(ay - by) > farthest) return b
  if (a.kind === 'circle' && b.kind === 'circle')
    return { ...b, x: mix(a.x, b.x, t), y: mix(a.y, b.y, t), radius: mix(a.radius, b.radius, t) }
  if (a.kind === 'rect' && b.kind === 'rect')
    return {
      ...b,
      x: mix(a.x, b.x, t),
      y: mix(a.y, b.y, t),
      width: mix(a.width, b.width, t),
      height: mix(a.height, b.height, t),
    }
  if (a.kind === 'polygon' && b.kind === 'polygon')
    return { ...b, points: mixPoints(a.points, b.points, t) }
  if (a.kind === 'polyline' && b.kind === 'polyline')
    return { ...b, points: mixPoints(a.points, b.points, t) }
  return b
}

/**
 * A picture on the way from one step to the next, so that a game of 15 steps per second moves smoothly:
 * shapes of one kind at one place move in a straight line; what jumps or is new appears.
 *
 * @param t from 0 (a) to 1 (b)
 */
export const between = (a: Picture, b: Picture, t: number): Picture =>
  a.shapes.length === b.shapes.length
    ? { ...b, shapes: b.shapes.map((s, i) => mixShapes(a.shapes[i], s, t, FARTHEST * b.width)) }
    : b

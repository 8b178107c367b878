import type { Colour, Point, Shape } from './picture.ts'

/** An area of one colour, as lines across it see it. */
export interface Outline {
  /** No line above this meets it. */
  readonly top: number
  /** Nor does one below this. */
  readonly bottom: number
  readonly colour: Colour
  /** Where the horizontal line at y enters and leaves it, in turn, from left to right. */
  readonly cut: (y: number) => readonly number[]
}

const NOWHERE: readonly number[] = []

const disc = (x: number, y: number, radius: number, colour: Colour): Outline => ({
  top: y - radius,
  bottom: y + radius,
  colour,
  cut: (line) => {
    const left = radius * radius - (line - y) * (line - y)
    if (!(left > 0)) return NOWHERE
    const half = Math.sqrt(left)
    return [x - half, x + half]
  },
})

const area = (points: readonly Point[], colour: Colour): Outline => {
  let top = Infinity
  let bottom = -Infinity
  for (const [, y] of points) {
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return {
    top,
    bottom,
    colour,
    cut: (line) => {
      const crossings: number[] = []
      let [x0, y0] = points.at(-1) ?? [0, 0]
      for (const [x, y] of points) {
        // An upper end is on its side's line, a lower one is not: sides that meet at a corner count once.
        if (y0 <= line !== y <= line) crossings.push(x0 + ((line - y0) / (y - y0)) * (x - x0))
        x0 = x
        y0 = y
      }
      return crossings.toSorted((a, b) => a - b)
    },
  }
}

/** The straight piece between two points of a line, without its round ends. */
const piece = ([ax, ay]: Point, [bx, by]: Point, width: number): readonly Point[] => {
  const dx = bx - ax
  const dy = by - ay
  const length = Math.sqrt(dx * dx + dy * dy)
  if (length === 0) return []
  const nx = (-dy / length) * (width / 2)
  const ny = (dx / length) * (width / 2)
  return [
    [ax + nx, ay + ny],
    [bx + nx, by + ny],
    [bx - nx, by - ny],
    [ax - nx, ay - ny],
  ]
}

/** The areas that a shape covers, which may overlap: a line is discs and what joins them. */
export const outlinesOf = (shape: Shape): readonly Outline[] => {
  if (shape.kind === 'rect') {
    const { x, y, width, height, fill } = shape
    const span = [x, x + width]
    return [{ top: y, bottom: y + height, colour: fill, cut: () => span }]
  }
  if (shape.kind === 'circle') return [disc(shape.x, shape.y, shape.radius, shape.fill)]
  if (shape.kind === 'polygon') return [area(shape.points, shape.fill)]
  const { points, width, stroke } = shape
  return points.flatMap((point, i) => [
    disc(point[0], point[1], width / 2, stroke),
    area(i === 0 ? [] : piece(points[i - 1]!, point, width), stroke),
  ])
}

import type { Colour, Point, Shape } from './picture.ts'

/** An element without children: its name, and its attributes' names and values. */
export interface SvgElement {
  readonly tag: string
  readonly attributes: { readonly [name: string]: string }
}

/** To a hundredth of a unit, which nobody sees. */
const number = (x: number): string => String(Math.round(x * 100) / 100 + 0)

const hex = (colour: Colour): string =>
  `#${colour.map((c) => c.toString(16).padStart(2, '0')).join('')}`

const list = (points: readonly Point[]): string =>
  points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ')

/** A shape as an element of SVG. */
export const svgElement = (shape: Shape): SvgElement => {
  if (shape.kind === 'rect') {
    const { x, y, width, height, fill } = shape
    return {
      tag: 'rect',
      attributes: {
        x: number(x),
        y: number(y),
        width: number(width),
        height: number(height),
        fill: hex(fill),
      },
    }
  }
  if (shape.kind === 'circle') {
    const { x, y, radius, fill } = shape
    return {
      tag: 'circle',
      attributes: { cx: number(x), cy: number(y), r: number(radius), fill: hex(fill) },
    }
  }
  if (shape.kind === 'polygon')
    return {
      tag: 'polygon',
      attributes: { points: list(shape.points), fill: hex(shape.fill) },
    }
  const { points, width, stroke } = shape
  return {
    tag: 'polyline',
    attributes: {
      points: list(points),
      fill: 'none',
      stroke: hex(stroke),
      'stroke-width': number(width),
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    },
  }
}

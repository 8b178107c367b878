/** Red, green and blue of sRGB, whole numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** To the right and down from the picture's upper left corner, in its units. */
export type Point = readonly [x: number, y: number]

/** A rectangle whose sides lie along the axes; (x, y) is its upper left corner. */
export interface Rect {
  readonly kind: 'rect'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly fill: Colour
}

/** (x, y) is the centre. */
export interface Circle {
  readonly kind: 'circle'
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly fill: Colour
}

/** The last point is joined to the first; where the border crosses itself, even–odd is the rule. */
export interface Polygon {
  readonly kind: 'polygon'
  readonly points: readonly Point[]
  readonly fill: Colour
}

/** A line from point to point, `width` across, with round ends and round corners. */
export interface Polyline {
  readonly kind: 'polyline'
  readonly points: readonly Point[]
  readonly width: number
  readonly stroke: Colour
}

/** A shape of a picture, as plain data. */
export type Shape = Rect | Circle | Polygon | Polyline

/**
 * A picture as plain data. A unit is about a pixel of the picture at its natural size, y grows
 * downwards, later shapes lie above earlier ones, and nothing shows beyond the edges.
 */
export interface Picture {
  /** units, > 0 */
  readonly width: number
  /** units, > 0 */
  readonly height: number
  readonly background: Colour
  readonly shapes: readonly Shape[]
}

/**
 * A rectangle of `width` by `height` units, whose upper left corner is (x, y), where y grows
 * downwards, in one colour.
 */
export const rect = (x: number, y: number, width: number, height: number, fill: Colour): Rect => ({
  kind: 'rect',
  x,
  y,
  width,
  height,
  fill,
})

/** A circle of `radius` units around (x, y), where y grows downwards, in one colour. */
export const circle = (x: number, y: number, radius: number, fill: Colour): Circle => ({
  kind: 'circle',
  x,
  y,
  radius,
  fill,
})

/** A filled polygon through the points, which closes itself, in one colour. */
export const polygon = (points: readonly Point[], fill: Colour): Polygon => ({
  kind: 'polygon',
  points,
  fill,
})

/** A line of `width` units through the points, in one colour. */
export const polyline = (points: readonly Point[], width: number, stroke: Colour): Polyline => ({
  kind: 'polyline',
  points,
  width,
  stroke,
})

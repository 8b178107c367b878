export { apng, png } from './apng.ts'
export { braille } from './braille.ts'
export { halfBlock } from './halfBlock.ts'
export {
  circle,
  polygon,
  polyline,
  rect,
  type Circle,
  type Colour,
  type Picture,
  type Point,
  type Polygon,
  type Polyline,
  type Rect,
  type Shape,
} from './picture.ts'
export type { Pixels } from './pixels.ts'
export { raster } from './raster.ts'
export { animatedSvg, svg } from './svg.ts'

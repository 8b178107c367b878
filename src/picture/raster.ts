import { expectAbove, expectCount } from '../tensor/argument.ts'
import { outlinesOf } from './outline.ts'
import type { Picture } from './picture.ts'
import { packed, type Pixels } from './pixels.ts'

/** A pixel is the mean of as many samples across, and as many down. */
const FINE = 4
const SAMPLES = FINE * FINE

/** The first sample whose centre is at the edge or beyond, the edge in pixels. */
const firstFrom = (edge: number): number => Math.ceil(edge * FINE - 0.5)

/** Each pixel's mean over `FINE` rows of samples, written into one row of pixels. */
const average = (out: Uint8Array, start: number, samples: Uint32Array, width: number): void => {
  const columns = width * FINE
  for (let column = 0; column < width; column++) {
    let red = SAMPLES / 2
    let green = SAMPLES / 2
    let blue = SAMPLES / 2
    for (let i = 0; i < FINE; i++) {
      const from = i * columns + column * FINE
      for (let j = from; j < from + FINE; j++) {
        const sample = samples[j]!
        red += sample >>> 16
        green += (sample >>> 8) & 255
        blue += sample & 255
      }
    }
    out[start + 3 * column] = red / SAMPLES
    out[start + 3 * column + 1] = green / SAMPLES
    out[start + 3 * column + 2] = blue / SAMPLES
  }
}

/**
 * A picture in pixels, as large as it may be with its own proportions, in the middle, with its
 * background around it. Every pixel is the mean of 4 × 4 samples at the centres of its parts,
 * rounded half up, each of the colour of the uppermost shape there: edges are soft, and shapes
 * that touch leave no seam. From + − × ÷ √ only: the same bytes everywhere.
 *
 * @param width pixels, as a whole number >= 1
 * @param height pixels, likewise
 * @throws RangeError unless those are, and the picture's own sizes are > 0
 */
export const raster = (picture: Picture, width: number, height: number): Pixels => {
  expectCount('width', width)
  expectCount('height', height)
  expectAbove('picture.width', picture.width, 0)
  expectAbove('picture.height', picture.height, 0)
  const scale = Math.min(width / picture.width, height / picture.height)
  const atLeft = (width - picture.width * scale) / 2
  const atTop = (height - picture.height * scale) / 2
  const leftmost = firstFrom(atLeft)
  const rightmost = firstFrom(atLeft + picture.width * scale)
  const background = packed(picture.background)
  const outlines = picture.shapes.flatMap(outlinesOf)
  const colours = outlines.map(({ colour }) => packed(colour))

  const columns = width * FINE
  const samples = new Uint32Array(FINE * columns)
  const data = new Uint8Array(3 * width * height)
  for (let row = 0; row < height; row++) {
    samples.fill(background)
    for (let i = 0; i < FINE; i++) {
      const y = (row + (i + 0.5) / FINE - atTop) / scale
      if (y < 0 || y >= picture.height) continue
      for (let k = 0; k < outlines.length; k++) {
        const { top, bottom, cut } = outlines[k]!
        if (y < top || y >= bottom) continue
        const edges = cut(y)
        for (let j = 0; j + 1 < edges.length; j += 2) {
          const from = Math.max(firstFrom(edges[j]! * scale + atLeft), leftmost)
          const to = Math.min(firstFrom(edges[j + 1]! * scale + atLeft), rightmost)
          if (from < to) samples.fill(colours[k]!, i * columns + from, i * columns + to)
        }
      }
    }
    average(data, 3 * row * width, samples, width)
  }
  return { width, height, data }
}

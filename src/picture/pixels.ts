import type { Colour } from './picture.ts'

/** Rows from the top, pixels from the left, three bytes a pixel: red, green and blue of sRGB. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** 3 · width · height bytes, which are not to be written to. */
  readonly data: Uint8Array
}

/**
 * Checks pixels and returns them.
 *
 * @throws RangeError unless both sizes are whole numbers >= 1 and the data are three bytes a pixel
 */
export const expectPixels = (argument: string, pixels: Pixels): Pixels => {
  const { width, height, data } = pixels
  for (const [name, size] of Object.entries({ width, height }))
    if (!(Number.isInteger(size) && size >= 1))
      throw new RangeError(`${argument}.${name}: expected a whole number >= 1, got ${size}`)
  if (data.length !== 3 * width * height)
    throw new RangeError(
      `${argument}.data: expected ${3 * width * height} bytes, three for each of ${width} × ${height} pixels, got ${data.length}`,
    )
  return pixels
}

/** The colour in one number, 0xRRGGBB. */
export const packed = ([red, green, blue]: Colour): number => red * 65536 + green * 256 + blue

/** The colour of pixel i, row after row, as 0xRRGGBB. */
export const packedAt = (data: Uint8Array, i: number): number =>
  data[3 * i]! * 65536 + data[3 * i + 1]! * 256 + data[3 * i + 2]!

import type { Colour } from './picture.ts'
import { expectPixels, type Pixels } from './pixels.ts'

const BLANK = 0x2800
/** Unicode's bit for each dot, [row][column]. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

const ROWS = 4
const COLUMNS = 2
/** How far one of red, green and blue must be from the background's. */
const CONTRAST = 48

const differs = (data: Uint8Array, i: number, background: Colour): boolean =>
  Math.abs(data[3 * i]! - background[0]) >= CONTRAST ||
  Math.abs(data[3 * i + 1]! - background[1]) >= CONTRAST ||
  Math.abs(data[3 * i + 2]! - background[2]) >= CONTRAST

const characterAt = (
  { width, height, data }: Pixels,
  background: Colour,
  top: number,
  left: number,
): string => {
  let code = BLANK
  for (let row = 0; row < ROWS && top + row < height; row++)
    for (let column = 0; column < COLUMNS && left + column < width; column++)
      if (differs(data, (top + row) * width + left + column, background))
        code |= DOTS[row]![column]!
  return String.fromCharCode(code)
}

/**
 * Pixels as lines of braille, for terminals without colours: a character is 2 × 4 pixels, with a
 * dot wherever red, green or blue is 48 or more away from the background's. There are no dots
 * beyond the edges.
 *
 * @param background of the picture that the pixels are of
 * @returns ⌈height / 4⌉ lines of ⌈width / 2⌉ characters, U+2800 to U+28FF
 * @throws RangeError unless the pixels are what their sizes say
 */
export const braille = (pixels: Pixels, background: Colour): readonly string[] => {
  const { width, height } = expectPixels('pixels', pixels)
  return Array.from({ length: Math.ceil(height / ROWS) }, (_, row) => {
    let line = ''
    for (let left = 0; left < width; left += COLUMNS)
      line += characterAt(pixels, background, ROWS * row, left)
    return line
  })
}

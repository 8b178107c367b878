import { expectPixels, packedAt, type Pixels } from './pixels.ts'

const ESCAPE = '\u001B['
const RESET = `${ESCAPE}0m`
/** What the lower half is where there is no pixel: whatever the terminal's own background is. */
const NOTHING = -1

const numbers = (colour: number): string =>
  `${colour >>> 16};${(colour >>> 8) & 255};${colour & 255}`

const lineOf = ({ width, height, data }: Pixels, row: number): string => {
  let line = ''
  let foreground = NOTHING
  let background = NOTHING
  for (let column = 0; column < width; column++) {
    const upper = packedAt(data, row * width + column)
    const lower = row + 1 < height ? packedAt(data, (row + 1) * width + column) : NOTHING
    const codes: string[] = []
    // Two equal pixels are a space, which has no foreground that could differ.
    if (upper !== lower && upper !== foreground) {
      foreground = upper
      codes.push(`38;2;${numbers(upper)}`)
    }
    if (lower !== background) {
      background = lower
      codes.push(`48;2;${numbers(lower)}`)
    }
    if (codes.length > 0) line += `${ESCAPE}${codes.join(';')}m`
    line += upper === lower ? ' ' : '▀'
  }
  return line + RESET
}

/**
 * Pixels as lines of text for a terminal of 24-bit colours: a character is two pixels, one above
 * the other, ▀ in the upper one's colour on the lower one's; neighbours share an escape sequence as
 * far as their colours are equal. Lines end with the colours reset, and move no cursor.
 *
 * @returns ⌈height / 2⌉ lines of `width` characters
 * @throws RangeError unless the pixels are what their sizes say
 */
export const halfBlock = (pixels: Pixels): readonly string[] => {
  const { height } = expectPixels('pixels', pixels)
  return Array.from({ length: Math.ceil(height / 2) }, (_, i) => lineOf(pixels, 2 * i))
}

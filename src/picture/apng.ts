import { zlibSync } from 'fflate'
import { colourTable, type ColourTable } from './colourTable.ts'
import { crc32 } from '../math/crc.ts'
import { expectPixels, type Pixels } from './pixels.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const LONGEST = 65535

/** A part of an image: columns [left, left + width) of rows [top, top + height). */
interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Numbers of 32 bits each, the highest byte first. */
const words = (...numbers: readonly number[]): Uint8Array =>
  Uint8Array.from(numbers.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]))

/** Length, type, data and checksum, the last over type and data. */
const chunk = (type: string, ...data: readonly Uint8Array[]): Uint8Array => {
  const body = concat([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), ...data])
  return concat([words(body.length - 4), body, words(crc32(body))])
}

/** The smallest area outside of which two images are equal; one pixel where all of them is. */
const changedArea = (before: Pixels, { width, height, data }: Pixels): Area => {
  let left = width
  let right = 0
  let top = height
  let bottom = 0
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++, i += 3) {
      const same =
        data[i] === before.data[i] &&
        data[i + 1] === before.data[i + 1] &&
        data[i + 2] === before.data[i + 2]
      if (same) continue
      left = Math.min(left, column)
      right = Math.max(right, column + 1)
      top = Math.min(top, row)
      bottom = row + 1
    }
  if (bottom === 0) return { left: 0, top: 0, width: 1, height: 1 }
  return { left, top, width: right - left, height: bottom - top }
}

/** Rows of pixels, each after the byte that says that it is stored as it is, deflated. */
const deflated = (table: ColourTable, { width, data }: Pixels, area: Area): Uint8Array => {
  const stride = 1 + area.width * table.depth
  const rows = new Uint8Array(area.height * stride)
  for (let row = 0; row < area.height; row++) {
    const from = (area.top + row) * width + area.left
    const to = row * stride + 1
    for (let column = 0; column < area.width; column++)
      table.write(rows, to + column * table.depth, data, from + column)
  }
  return zlibSync(rows, { level: 9 })
}

const wholeOf = ({ width, height }: Pixels): Area => ({ left: 0, top: 0, width, height })

/** Eight bits a sample, of a palette (type 3) or of colours (type 2), not interlaced. */
const header = ({ width, height }: Pixels, { palette }: ColourTable): readonly Uint8Array[] => [
  SIGNATURE,
  chunk('IHDR', words(width, height), Uint8Array.of(8, palette === null ? 2 : 3, 0, 0, 0)),
]

const paletteChunk = ({ palette }: ColourTable): readonly Uint8Array[] =>
  palette === null ? [] : [chunk('PLTE', palette)]

/**
 * An image as a PNG file (ISO/IEC 15948), with a palette where 256 colours are enough for it.
 *
 * @throws RangeError unless the pixels are what their sizes say
 */
export const png = (pixels: Pixels): Uint8Array => {
  expectPixels('pixels', pixels)
  const table = colourTable([pixels])
  return concat([
    ...header(pixels, table),
    ...paletteChunk(table),
    chunk('IDAT', deflated(table, pixels, wholeOf(pixels))),
    chunk('IEND'),
  ])
}

const expectFrames = (frames: readonly Pixels[]): Pixels => {
  const first = frames[0]
  if (first === undefined) throw new RangeError('frames: expected at least one, got none')
  frames.forEach((frame, i) => {
    expectPixels(`frames[${i}]`, frame)
    if (frame.width !== first.width || frame.height !== first.height)
      throw new RangeError(
        `frames[${i}]: expected ${first.width} × ${first.height} pixels as in frames[0], got ${frame.width} × ${frame.height}`,
      )
  })
  return first
}

/**
 * An animation as an animated PNG (third edition of the PNG specification, §11.3.5), of which programs
 * without animation show the first frame. A frame after the first holds the smallest rectangle that differs
 * from the one before it, laid over that; all are stored with one palette where 256 colours are enough for
 * them.
 *
 * @param frames at least one, all of one size
 * @param framesPerSecond a whole number from 1 to 65535
 * @param loops how often the film is played, a whole number from 0 to 2³¹ − 1; 0, which is what it
 * is by default, is for ever
 * @throws RangeError unless those are so
 */
export const apng = (frames: readonly Pixels[], framesPerSecond: number, loops = 0): Uint8Array => {
  const first = expectFrames(frames)
  if (!(Number.isInteger(framesPerSecond) && framesPerSecond >= 1 && framesPerSecond <= LONGEST))
    throw new RangeError(
      `framesPerSecond: expected a whole number from 1 to ${LONGEST}, got ${framesPerSecond}`,
    )
  if (!(Number.isInteger(loops) && loops >= 0 && loops <= 0x7fffffff))
    throw new RangeError(`loops: expected a whole number from 0 to 2147483647, got ${loops}`)
  const table = colourTable(frames)
  const delay = Uint8Array.of(0, 1, framesPerSecond >>> 8, framesPerSecond & 255)
  // What was there stays, and what comes replaces it.
  const manner = Uint8Array.of(0, 0)
  let order = 0
  const parts = frames.flatMap((frame, i) => {
    const area = i === 0 ? wholeOf(frame) : changedArea(frames[i - 1]!, frame)
    const place = words(order++, area.width, area.height, area.left, area.top)
    const control = chunk('fcTL', place, delay, manner)
    const bytes = deflated(table, frame, area)
    return [control, i === 0 ? chunk('IDAT', bytes) : chunk('fdAT', words(order++), bytes)]
  })
  return concat([
    ...header(first, table),
    chunk('acTL', words(frames.length, loops)),
    ...paletteChunk(table),
    ...parts,
    chunk('IEND'),
  ])
}

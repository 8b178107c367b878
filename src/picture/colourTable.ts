import { packedAt, type Pixels } from './pixels.ts'

/** How the pixels of several images are stored: by colour, or by the number of one in a list. */
export interface ColourTable {
  /** 3 bytes a colour; null where there are more than 256. */
  readonly palette: Uint8Array | null
  /** bytes a pixel: 1 or 3 */
  readonly depth: 1 | 3
  /** Pixel i of some as `depth` bytes, written to out from `at` on. */
  readonly write: (out: Uint8Array, at: number, data: Uint8Array, i: number) => void
}

const MOST = 256

const PLAIN: ColourTable = {
  palette: null,
  depth: 3,
  write: (out, at, data, i) => {
    out[at] = data[3 * i]!
    out[at + 1] = data[3 * i + 1]!
    out[at + 2] = data[3 * i + 2]!
  },
}

/** The colours of all the images, in the order in which they first come, if a byte can tell them. */
export const colourTable = (images: readonly Pixels[]): ColourTable => {
  const places = new Map<number, number>()
  for (const { width, height, data } of images) {
    const pixels = width * height
    let last = -1
    for (let i = 0; i < pixels; i++) {
      const colour = packedAt(data, i)
      if (colour === last) continue
      last = colour
      if (places.has(colour)) continue
      if (places.size === MOST) return PLAIN
      places.set(colour, places.size)
    }
  }
  const palette = Uint8Array.from(
    [...places.keys()].flatMap((colour) => [colour >>> 16, (colour >>> 8) & 255, colour & 255]),
  )
  return {
    palette,
    depth: 1,
    write: (out, at, data, i) => {
      out[at] = places.get(packedAt(data, i))!
    },
  }
}

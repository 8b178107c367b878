import { concatBytes } from '@noble/hashes/utils.js'
import type { Draw } from './draw.ts'

const NUMBERS = [
  0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 65_535, 65_536, 999_999, 1_000_001, 0x7fff_ffff,
  0x8000_0000, 0xffff_fffe, 0xffff_ffff,
]

/** A place, half of the time among the first bytes, where lengths stand. */
const placeIn = ({ unit, below }: Draw, bytes: Uint8Array): number =>
  below(unit() < 0.5 ? Math.min(bytes.length, 96) : bytes.length)

const once = (draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  const { below, oneOf } = draw
  if (bytes.length === 0) return other.slice(0, below(other.length + 1))
  const at = placeIn(draw, bytes)
  const length = below(Math.min(64, bytes.length - at)) + 1
  switch (below(9)) {
    case 0: {
      const out = bytes.slice()
      out[at]! ^= 1 << below(8)
      return out
    }
    case 1: {
      const out = bytes.slice()
      const byte = oneOf([0, 255, 32, 91, 123, 34, 57, below(256)])
      out.fill(byte, at, at + length)
      return out
    }
    case 2: {
      const out = bytes.slice()
      for (let i = at; i < Math.min(at + length, out.length); i++) out[i] = below(256)
      return out
    }
    case 3:
      return bytes.slice(0, at)
    case 4:
      return concatBytes(bytes.subarray(0, at), bytes.subarray(at + length))
    case 5:
      return concatBytes(
        bytes.subarray(0, at + length),
        ...Array<Uint8Array>(1 + below(8)).fill(bytes.subarray(at, at + length)),
        bytes.subarray(at + length),
      )
    case 6: {
      const from = below(other.length + 1)
      return concatBytes(bytes.subarray(0, at), other.subarray(from))
    }
    case 7: {
      const out = bytes.slice()
      const from = below(other.length + 1)
      const part = other.subarray(from, from + Math.min(length, bytes.length - at))
      out.set(part, at)
      return out
    }
    default: {
      const out = bytes.slice()
      const view = new DataView(out.buffer)
      const width = oneOf([1, 2, 4, 8])
      if (at + width > out.length) return out
      const x = oneOf(NUMBERS)
      if (width === 1) view.setUint8(at, x)
      else if (width === 2) view.setUint16(at, x, true)
      else if (width === 4) view.setUint32(at, x, true)
      else view.setBigUint64(at, oneOf([BigInt(x), 0xffff_ffff_ffff_ffffn, 1n << 53n]), true)
      return out
    }
  }
}

/** Bytes after one to four mutations; `other` is what is spliced in. */
export const mutateBytes = (draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  let out = bytes
  for (let n = 1 + draw.below(4); n > 0; n--) out = once(draw, out, other)
  return out
}

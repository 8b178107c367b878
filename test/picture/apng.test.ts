import { fc, test } from '@fast-check/vitest'
import { inflateSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { apng, png } from '../../src/picture/apng.ts'
import { crc32 } from '../../src/math/crc.ts'
import type { Pixels } from '../../src/picture/pixels.ts'

/** Reads what the specification says, chunk by chunk, and lays the frames over each other. */
const decode = (bytes: Uint8Array) => {
  const file = Buffer.from(bytes)
  expect(file.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n')
  let size = [0, 0] as [number, number]
  let palette: Buffer | null = null
  let animation: number[] = []
  let area = [0, 0, 0, 0]
  let order = 0
  let canvas = Buffer.alloc(0)
  const frames: Buffer[] = []
  const delays: number[][] = []
  const types: string[] = []
  const lay = (data: Buffer) => {
    const [width, height, left, top] = area as [number, number, number, number]
    const depth = palette === null ? 3 : 1
    const rows = inflateSync(data)
    expect(rows.length).toBe(height * (1 + width * depth))
    canvas = Buffer.from(canvas)
    for (let row = 0; row < height; row++) {
      const at = row * (1 + width * depth)
      expect(rows[at]).toBe(0)
      for (let i = 0; i < width; i++) {
        const to = 3 * ((top + row) * size[0] + left + i)
        if (palette === null) rows.copy(canvas, to, at + 1 + 3 * i, at + 4 + 3 * i)
        else palette.copy(canvas, to, 3 * rows[at + 1 + i]!, 3 * rows[at + 1 + i]! + 3)
      }
    }
    frames.push(canvas)
  }
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    const data = file.subarray(at + 8, at + 8 + length)
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)))
    types.push(type)
    if (type === 'IHDR') {
      size = [data.readUInt32BE(0), data.readUInt32BE(4)]
      area = [...size, 0, 0]
      canvas = Buffer.alloc(3 * size[0] * size[1])
    } else if (type === 'PLTE') palette = data
    else if (type === 'acTL') animation = [data.readUInt32BE(0), data.readUInt32BE(4)]
    else if (type === 'fcTL') {
      expect(data.readUInt32BE(0)).toBe(order++)
      area = [4, 8, 12, 16].map((i) => data.readUInt32BE(i))
      delays.push([data.readUInt16BE(20), data.readUInt16BE(22)])
    } else if (type === 'IDAT') lay(data)
    else if (type === 'fdAT') {
      expect(data.readUInt32BE(0)).toBe(order++)
      lay(data.subarray(4))
    }
    at += 12 + length
  }
  return { size, palette, animation, frames, delays, types, area }
}

const films = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }), fc.boolean())
  .chain(([width, height, few]) => {
    const length = 3 * width * height
    const data = fc.uint8Array({ minLength: length, maxLength: length, max: few ? 2 : 255 })
    return fc.array(
      data.map((data): Pixels => ({ width, height, data })),
      { minLength: 1, maxLength: 4 },
    )
  })

describe('apng', () => {
  test.prop([films, fc.integer({ min: 1, max: 65535 }), fc.nat(9)])(
    'gives every frame back to a reader of the specification',
    (frames, rate, loops) => {
      const film = decode(apng(frames, rate, loops))
      expect(film.size).toEqual([frames[0]!.width, frames[0]!.height])
      expect(film.animation).toEqual([frames.length, loops])
      expect(film.delays).toEqual(frames.map(() => [1, rate]))
      expect(film.frames.map((f) => [...f])).toEqual(frames.map(({ data }) => [...data]))
      expect(film.types.at(-1)).toBe('IEND')
    },
  )

  test('holds of a frame only what changed, and one pixel of one that is the same', () => {
    const before = { width: 5, height: 4, data: new Uint8Array(60) }
    const data = new Uint8Array(60)
    data[3 * (1 * 5 + 2)] = 9
    data[3 * (2 * 5 + 3) + 2] = 9
    expect(decode(apng([before, { ...before, data }], 30)).area).toEqual([2, 2, 2, 1])
    expect(decode(apng([before, before], 30)).area).toEqual([1, 1, 0, 0])
  })

  test.each([
    [256, 768],
    [257, undefined],
  ])('%i colours make a palette of %s bytes', (colours, length) => {
    const data = Uint8Array.from({ length: 3 * colours }, (_, i) =>
      i % 3 === 0 ? Math.floor(i / 3) & 255 : i >= 768 ? 1 : 0,
    )
    const { palette, frames } = decode(png({ width: colours, height: 1, data }))
    expect(palette?.length).toBe(length)
    expect([...frames[0]!]).toEqual([...data])
  })

  test('the checksum of 123456789 is the one that is known', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })

  test('says what is wrong', () => {
    const one = { width: 1, height: 1, data: new Uint8Array(3) }
    expect(() => apng([], 1)).toThrow('frames: expected at least one, got none')
    expect(() => apng([one], 0)).toThrow('framesPerSecond: expected a whole number from 1 to 65535')
    expect(() => apng([one], 65536)).toThrow('got 65536')
    expect(() => apng([one], 1, -1)).toThrow('loops: expected')
    expect(() => apng([one, { width: 2, height: 1, data: new Uint8Array(6) }], 1)).toThrow(
      'frames[1]: expected 1 × 1 pixels as in frames[0], got 2 × 1',
    )
    expect(() => png({ ...one, data: new Uint8Array(2) })).toThrow('pixels.data: expected 3 bytes')
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { braille } from '../../src/picture/braille.ts'
import { halfBlock } from '../../src/picture/halfBlock.ts'
import { circle, polyline, rect, type Colour } from '../../src/picture/picture.ts'
import { raster } from '../../src/picture/raster.ts'
import { expectPure } from '../law/purity.ts'

const BLACK: Colour = [0, 0, 0]
const WHITE: Colour = [255, 255, 255]
const size = fc.integer({ min: 1, max: 30 })
const byte = fc.integer({ min: 0, max: 255 })
const page = { width: 100, height: 100, background: BLACK }
const covered = (data: Uint8Array) => data.reduce((sum, x) => sum + x, 0) / 3 / 255

describe('raster', () => {
  test.prop([size, size, fc.tuple(byte, byte, byte)])(
    'a picture full of one colour is that colour wherever it is',
    (width, height, fill) => {
      const picture = {
        width,
        height,
        background: BLACK,
        shapes: [rect(0, 0, width, height, fill)],
      }
      const { data } = expectPure(raster, picture, width, height)
      expect([...data]).toEqual(Array.from({ length: 3 * width * height }, (_, i) => fill[i % 3]!))
    },
  )

  test.prop([fc.integer({ min: 5, max: 40 })])(
    'a circle of radius r covers πr² to within 3 %',
    (radius) => {
      const { data } = raster({ ...page, shapes: [circle(50, 50, radius, WHITE)] }, 100, 100)
      const area = Math.PI * radius * radius
      expect(Math.abs(covered(data) - area)).toBeLessThan(0.03 * area)
    },
  )

  test('half a pixel is half its colour; shapes stay within the picture, the page is in the middle', () => {
    const half = { width: 1, height: 1, background: BLACK, shapes: [rect(0.5, -9, 99, 99, WHITE)] }
    expect([...raster(half, 1, 1).data]).toEqual([128, 128, 128])
    const wide = { ...half, shapes: [rect(-9, -9, 99, 99, WHITE)] }
    expect([...raster(wide, 3, 1).data]).toEqual([0, 0, 0, 255, 255, 255, 0, 0, 0])
  })

  test('a line is a rectangle and two half discs', () => {
    const line = polyline(
      [
        [20, 20],
        [50, 60],
      ],
      10,
      WHITE,
    )
    const { data } = raster({ ...page, shapes: [line] }, 100, 100)
    expect(Math.abs(covered(data) - (500 + 25 * Math.PI))).toBeLessThan(6)
  })

  test('says what is wrong', () => {
    expect(() => raster({ ...page, shapes: [] }, 0, 1)).toThrow('width: expected a whole number')
    expect(() => raster({ ...page, height: 0, shapes: [] }, 1, 1)).toThrow('picture.height')
  })
})

/** Colours as a terminal would show them: [upper, lower] of each character, '' for its own. */
const shown = (line: string) => {
  let [front, back] = ['', '']
  const cells: string[][] = []
  for (const [part, codes] of line.matchAll(/\p{Cc}\[([\d;]*)m|[▀ ]/gu)) {
    if (codes === undefined) cells.push(part === ' ' ? [back, back] : [front, back])
    else if (codes === '0') [front, back] = ['', '']
    else
      for (const [, layer, colour] of codes.matchAll(/([34])8;2;(\d+;\d+;\d+)/gu))
        if (layer === '3') front = colour!
        else back = colour!
  }
  return cells
}

describe('text', () => {
  const images = fc
    .tuple(size, size)
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height, max: 1 })
        .map((bits) => ({ width, height, data: bits.map((b) => 255 * b) })),
    )

  test.prop([images])('half blocks show the pixels again', (pixels) => {
    const { width, height, data } = pixels
    const lines = expectPure(halfBlock, pixels)
    expect(lines.length).toBe(Math.ceil(height / 2))
    const at = (row: number, column: number) =>
      row < height
        ? data
            .slice(3 * (row * width + column))
            .slice(0, 3)
            .join(';')
        : ''
    lines.forEach((line, i) => {
      expect(shown(line)).toEqual(
        Array.from({ length: width }, (_, j) => [at(2 * i, j), at(2 * i + 1, j)]),
      )
      expect(line.endsWith('\u001B[0m')).toBe(true)
    })
  })

  test.prop([images])('braille has a dot for each pixel that stands out', (pixels) => {
    const { width, height, data } = pixels
    const lines = expectPure(braille, pixels, BLACK)
    expect(lines.map((line) => line.length)).toEqual(
      Array.from({ length: Math.ceil(height / 4) }, () => Math.ceil(width / 2)),
    )
    const dots = lines.join('').replace(/./gu, (c) => (c.charCodeAt(0) - 0x2800).toString(2))
    const lit = Array.from({ length: width * height }, (_, i) => i).filter((i) =>
      data.slice(3 * i, 3 * i + 3).some((x) => x > 0),
    )
    expect(dots.replaceAll('0', '').length).toBe(lit.length)
  })

  test('a dot needs a contrast of 48, and sits where Unicode says', () => {
    const one = (x: number) => ({ width: 1, height: 1, data: Uint8Array.of(0, x, 0) })
    expect(braille(one(47), BLACK)).toEqual(['\u2800'])
    expect(braille(one(48), BLACK)).toEqual(['\u2801'])
    const column = new Uint8Array(24)
    column[3 * 7] = 255
    expect(braille({ width: 2, height: 4, data: column }, BLACK)).toEqual(['\u2880'])
  })

  test('equal neighbours share an escape', () => {
    const pixels = { width: 3, height: 2, data: new Uint8Array(18) }
    expect(halfBlock(pixels)).toEqual(['\u001B[48;2;0;0;0m   \u001B[0m'])
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { cut, padded, paddedSize } from '../../../src/kernel/gpu/sizes.ts'

const side = fc.integer({ min: 1, max: 40 })

describe('padded sizes', () => {
  test.prop([fc.integer({ min: 0, max: 1e6 })])(
    'are no smaller, padded already, and less than a quarter larger above 32',
    (size) => {
      const found = paddedSize(size)
      expect(found).toBeGreaterThanOrEqual(size)
      expect(paddedSize(found)).toBe(found)
      if (size > 32) expect(found).toBeLessThan(size * 1.25)
      if (size > 0) expect(paddedSize(size - 1)).toBeLessThanOrEqual(found)
    },
  )

  test('are few', () => {
    expect([0, 1, 8, 9, 63, 65, 129, 1023].map(paddedSize)).toEqual([
      8, 8, 8, 16, 64, 80, 160, 1024,
    ])
    const all = new Set(Array.from({ length: 1024 }, (_, i) => paddedSize(i + 1)))
    expect(all.size).toBe(24)
  })
})

describe('a padded matrix', () => {
  test.prop([side, side, fc.infiniteStream(fc.float({ noNaN: true }))])(
    'has zeros around it, and is cut out again',
    (rows, columns, numbers) => {
      const x = Float32Array.from(
        Array.from({ length: rows * columns }, () => numbers.next().value),
      )
      const [height, width] = [paddedSize(rows), paddedSize(columns)]
      const wide = padded('x', { x, rows, columns }, height, width)
      const lines = Array.from({ length: height }, (_, i) => wide.slice(i * width, (i + 1) * width))
      expect(cut(lines, rows, columns)).toEqual(x)
      lines.forEach((line, i) => {
        for (let j = 0; j < width; j++) if (i >= rows || j >= columns) expect(line[j]).toBe(0)
      })
    },
  )

  test('is not made of too few numbers', () => {
    expect(() => padded('a', { x: new Float32Array(5), rows: 2, columns: 3 }, 8, 8)).toThrow(
      'a: expected 2 × 3 numbers, got an array of 5',
    )
  })
})

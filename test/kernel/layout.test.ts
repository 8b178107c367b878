import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { bytesOf, layOut, type Alloc } from '../../src/kernel/layout.ts'

const kinds = ['f32', 'f64', 'i32', 'u8'] as const
const requests = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat({ max: 40 })))

test.prop({ requests, from: fc.nat({ max: 5000 }) })(
  'arrays lie behind each other, each at the start of a cache line, and in no more room than was counted',
  ({ requests, from }) => {
    const layout = (alloc: Alloc) => requests.map(([kind, length]) => alloc[kind](length))
    const buffer = new ArrayBuffer(bytesOf(layout, from))
    const arrays = layOut(layout, { buffer }, from)
    expect(arrays.map((array) => array.length)).toEqual(requests.map(([, length]) => length))
    let end = from
    for (const { byteOffset, byteLength } of arrays) {
      expect(byteOffset % 64).toBe(0)
      expect(byteOffset).toBeGreaterThanOrEqual(end)
      end = byteOffset + byteLength
    }
    expect(end).toBeLessThanOrEqual(buffer.byteLength)
  },
)

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { linesOf } from '../../src/format/lines.ts'

/** Bytes in pieces of that size, each in the place of the one before. */
function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}

const text = fc.string({ unit: 'grapheme' }).map((x) => x.replaceAll('\n', ' '))

describe('lines', () => {
  test.prop([fc.array(text), fc.integer({ min: 1, max: 9 })])(
    'are the same however the bytes come in pieces, across characters too',
    (lines, size) => {
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''))
      const expected = lines.map((line) => new TextDecoder().decode(new TextEncoder().encode(line)))
      expect([...linesOf(inPieces(bytes, size))]).toEqual(expected)
    },
  )

  test('without a line feed at the end are refused, with the number of the last one', () => {
    const read = () => [...linesOf([new TextEncoder().encode('a\nb\nc')])]
    expect(read).toThrow('line 3: expected a line feed at its end')
  })

  test('without an end are refused before they fill the memory', () => {
    const piece = new Uint8Array(1 << 24).fill(0x78)
    let given = 0
    function* endless() {
      for (;;) {
        given += piece.length
        yield piece
      }
    }
    expect(() => [...linesOf(endless())]).toThrow('line 1: expected at most 134217728 bytes')
    expect(given).toBeLessThan(2 ** 28)
  })
})

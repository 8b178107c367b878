import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decodePlain, encodePlain } from '../../src/run/plain.ts'

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const again = (value: unknown): unknown => {
  const encoded = encodePlain(value)
  if (E.isLeft(encoded)) return expect.fail(encoded.left)
  const decoded = decodePlain(encoded.right)
  return E.isLeft(decoded) ? expect.fail(decoded.left) : decoded.right
}

/** A list of two of a list of two …, so deep; the lowest one is empty. */
const doubled = (depth: number): readonly unknown[] => [
  ...Array.from({ length: depth }, (_, i) => [i + 1, i + 1]),
  [],
]

describe('a plain value', () => {
  test.prop([fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true })])(
    'is read back as it was written',
    (value) => {
      if (E.isRight(encodePlain(value))) expect(again(value)).toEqual(value)
    },
  )

  test.prop([fc.uint8Array()])('of any bytes is one or none, and nothing is thrown', (any) => {
    expect(['Left', 'Right']).toContain(decodePlain(any)._tag)
  })

  test('may hold one list often, itself, and places where nothing is', () => {
    const shared = [1, 2]
    const ring: unknown[] = [shared, shared]
    ring.push(ring)
    const read = again(ring) as unknown[]
    expect(read[2]).toBe(read)
    expect(read[0]).toBe(read[1])
    const sparse: number[] = []
    sparse[100] = 7
    expect(again(sparse)).toEqual(sparse)
  })

  test('has no list that is sixteen times as long as its file', () => {
    expect(E.isRight(decodePlain(bytes([[-7, 10 * 16]])))).toBe(true)
    expect(bytes([[-7, 160]])).toHaveLength(10)
    expect(E.isLeft(decodePlain(bytes([[-7, 161]])))).toBe(true)
    expect(E.isLeft(decodePlain(bytes([[-7, 4_294_967_295]])))).toBe(true)
    expect(
      E.isLeft(
        decodePlain(
          bytes([
            [1, 1],
            [-7, 300],
          ]),
        ),
      ),
    ).toBe(true)
  })

  test('has none that grows with every list in it, however it is made', () => {
    expect(E.isRight(decodePlain(bytes(doubled(6))))).toBe(true)
    expect(E.isLeft(decodePlain(bytes(doubled(40))))).toBe(true)
    expect(
      E.isLeft(
        decodePlain(
          bytes(
            doubled(40).map((x) => [-7, 2, 0, (x as number[])[0] ?? 0, 1, (x as number[])[0] ?? 0]),
          ),
        ),
      ),
    ).toBe(true)
  })

  test('that could not be read back is not written', () => {
    const sparse: number[] = []
    sparse[10_000] = 7
    expect(encodePlain(sparse)).toMatchObject({
      left: expect.stringContaining('expected lists of at most') as string,
    })
    let list: unknown[] = []
    for (let i = 0; i < 40; i++) list = [list, list]
    expect(E.isLeft(encodePlain(list))).toBe(true)
  })

  test('that is nested deeper than there is room is none', () => {
    const deep = bytes(Array.from({ length: 100_000 }, (_, i) => [i + 1]))
    expect(E.isLeft(decodePlain(deep))).toBe(true)
    expect(E.isLeft(decodePlain(new TextEncoder().encode('['.repeat(100_000))))).toBe(true)
  })
})

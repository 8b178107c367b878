import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { readMessage, readPacked, signed, type Field } from '../../../src/format/protobuf/read.ts'
import * as write from '../../../src/format/protobuf/write.ts'

const all = (bytes: Uint8Array): E.Either<string, ReadonlyArray<readonly [number, Field]>> => {
  const found: Array<readonly [number, Field]> = []
  const read = readMessage(bytes, (number, field) => {
    found.push([number, field])
    return null
  })
  return E.map(() => found)(read)
}

const number = fc.integer({ min: 1, max: 536_870_911 })

const written = fc.oneof(
  fc
    .tuple(number, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([n, x]) => [write.whole(n, x), [n, { wire: 'varint', value: x }]] as const),
  fc
    .tuple(number, fc.uint8Array())
    .map(([n, x]) => [write.bytes(n, x), [n, { wire: 'bytes', value: x }]] as const),
  fc.tuple(number, fc.float({ noNaN: true })).map(([n, x]) => {
    const value = new Uint8Array(Float32Array.of(x).buffer)
    return [write.float(n, x), [n, { wire: 'fixed32', value }]] as const
  }),
  fc.tuple(number, fc.double({ noNaN: true })).map(([n, x]) => {
    const value = new Uint8Array(Float64Array.of(x).buffer)
    return [write.double(n, x), [n, { wire: 'fixed64', value }]] as const
  }),
)

describe('reading protocol buffers', () => {
  test.prop([fc.array(written)])('gives back what was written, in order', (fields) => {
    const bytes = write.message(...fields.map(([field]) => field))
    expect(all(bytes)).toEqual(E.right(fields.map(([, field]) => field)))
  })

  test.prop([fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 9 })])(
    'and lists, negative numbers among them',
    (xs) => {
      const list = write.message(...xs.map(write.varint))
      expect(readPacked(list, 9)).toEqual(E.right(xs))
      expect(xs.map((x) => signed(BigInt.asUintN(64, x)))).toEqual(xs)
    },
  )

  test.prop([fc.uint8Array({ maxLength: 64 })], { numRuns: 2000 })(
    'of any bytes ends, and never throws',
    (bytes) => {
      expect(typeof all(bytes)._tag).toBe('string')
      expect(typeof readPacked(bytes, 4)._tag).toBe('string')
    },
  )

  test.prop([fc.array(written, { minLength: 1 })])(
    'sees that the last byte is missing',
    (fields) => {
      const bytes = write.message(...fields.map(([field]) => field))
      // A varint that loses its only byte, or bytes that do: nothing shorter is whole at that place.
      expect(E.isLeft(all(bytes.subarray(0, -1)))).toBe(true)
    },
  )

  const ones = (n: number) => Array.from({ length: n }, () => 255)

  test.each([
    ['no tag', [255], 'byte 0: expected a field’s tag, got a broken number'],
    ['field 0', [0, 1], 'byte 0: expected a field from 1 to 536870911, got 0'],
    [
      'a larger field',
      [128, 128, 128, 128, 16, 0],
      'expected a field from 1 to 536870911, got 536870912',
    ],
    ['a group', [11], 'byte 0: expected a wire type of 0, 1, 2, 5, got 3'],
    ['wire type 7', [15], 'expected a wire type of 0, 1, 2, 5, got 7'],
    ['no value', [8], 'byte 1: expected the value of field 1, got a broken number'],
    ['a value that does not end', [8, 128], 'byte 1: expected the value of field 1'],
    ['a value of 65 bits', [8, ...ones(9), 2], 'byte 1: expected the value of field 1'],
    ['a value of 11 bytes', [8, ...ones(10), 0], 'byte 1: expected the value of field 1'],
    ['no length', [10], 'byte 1: expected the length of field 1, got a broken number'],
    ['a length one too long', [10, 2, 0], 'byte 2: expected 2 bytes of field 1, got 1'],
    [
      'the longest length',
      [10, ...ones(9), 1],
      'expected 18446744073709551615 bytes of field 1, got 0',
    ],
    ['half a fixed32', [13, 0, 0, 0], 'byte 1: expected 4 bytes of field 1, got 3'],
    ['half a fixed64', [9, 0, 0, 0, 0, 0, 0, 0], 'byte 1: expected 8 bytes of field 1, got 7'],
  ] as ReadonlyArray<readonly [string, readonly number[], string]>)(
    'of %s is an error with its place',
    (_, bytes, problem) => {
      const read = all(Uint8Array.from(bytes))
      expect(E.isLeft(read) && read.left.replace("'", '’')).toContain(problem)
    },
  )

  test('takes the largest number of 64 bits', () => {
    expect(all(Uint8Array.from([8, ...ones(9), 1]))).toEqual(
      E.right([[1, { wire: 'varint', value: 2n ** 64n - 1n }]]),
    )
  })

  test('stops at what the visitor finds wrong', () => {
    const seen: number[] = []
    const bytes = write.message(write.whole(1, 0), write.whole(2, 0), write.whole(3, 0))
    const read = readMessage(bytes, (n) => {
      seen.push(n)
      return n === 2 ? 'two' : null
    })
    expect(read).toEqual(E.left('two'))
    expect(seen).toEqual([1, 2])
  })

  test('of lists keeps to the longest, and sees broken numbers', () => {
    expect(readPacked(Uint8Array.of(1, 2, 3), 3)).toEqual(E.right([1n, 2n, 3n]))
    expect(readPacked(Uint8Array.of(1, 2, 3), 2)).toEqual(
      E.left('expected a list of at most 2 numbers'),
    )
    expect(readPacked(Uint8Array.of(1, 128), 2)).toEqual(
      E.left('byte 1: expected a number of a list, got a broken one'),
    )
  })

  test('copies nothing', () => {
    const bytes = write.bytes(1, Uint8Array.of(1, 2, 3))
    readMessage(bytes, (_, field) => {
      expect(field.wire === 'bytes' && field.value.buffer).toBe(bytes.buffer)
      return null
    })
  })
})

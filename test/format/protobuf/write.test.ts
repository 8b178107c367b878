import { fc, test } from '@fast-check/vitest'
import protobuf from 'protobufjs'
import { describe, expect } from 'vitest'
import * as write from '../../../src/format/protobuf/write.ts'

const root = protobuf.Root.fromJSON({
  nested: {
    All: {
      fields: {
        int: { type: 'int64', id: 1 },
        unsigned: { type: 'uint64', id: 2 },
        text: { type: 'string', id: 15 },
        raw: { type: 'bytes', id: 16 },
        float: { type: 'float', id: 3 },
        double: { type: 'double', id: 4 },
        many: { rule: 'repeated', type: 'int64', id: 5 },
        inner: { type: 'All', id: 536870911 },
      },
    },
  },
})

const read = (bytes: Uint8Array): { readonly [name: string]: unknown } => {
  const type = root.lookupType('All')
  return type.toObject(type.decode(bytes), { longs: String, defaults: true })
}

describe('protocol buffers', () => {
  test.prop([
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.float(),
    fc.double(),
    fc.array(fc.maxSafeInteger()),
  ])(
    'every field is read back by another implementation',
    (int, unsigned, text, raw, f, d, many) => {
      const fields = write.message(
        write.whole(1, int),
        write.whole(2, unsigned),
        write.string(15, text),
        write.bytes(16, raw),
        write.float(3, f),
        write.double(4, d),
        write.packed(5, many),
      )
      const got = read(write.message(fields, write.bytes(536_870_911, fields)))
      const expected = {
        int: String(int),
        unsigned: String(unsigned),
        text: new TextDecoder().decode(new TextEncoder().encode(text)),
        float: f,
        double: d,
        many: many.map(String),
      }
      expect(got).toMatchObject(expected)
      expect(got['inner']).toMatchObject(expected)
      expect(Uint8Array.from(got['raw'] as Uint8Array)).toEqual(raw)
    },
  )

  test.each([
    [0, [0]],
    [127, [127]],
    [128, [128, 1]],
    [300, [172, 2]],
    [2 ** 53 - 1, [255, 255, 255, 255, 255, 255, 255, 15]],
    [2n ** 64n - 1n, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    [-1, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ])('the varint of %s is seven bits a byte', (x, bytes) => {
    expect([...write.varint(x)]).toEqual(bytes)
  })

  test('the bytes of the published examples', () => {
    expect([...write.whole(1, 150)]).toEqual([0x08, 0x96, 0x01])
    expect([...write.string(2, 'testing')]).toEqual([
      0x12, 7, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ])
    expect([...write.packed(6, [3, 270, 86942])]).toEqual([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5])
  })

  test('what 64 bits do not hold is refused, and so are fractions and unsafe numbers', () => {
    for (const x of [2n ** 64n, -(2n ** 63n) - 1n, 0.5, NaN, 2 ** 53, Infinity])
      expect(() => write.varint(x)).toThrow('x: expected a whole number of 64 bits')
  })

  test('a field has a number from 1 to 2^29 - 1', () => {
    for (const field of [0, -1, 1.5, 2 ** 29])
      expect(() => write.whole(field, 1)).toThrow('field: expected a number from 1 to 536870911')
    expect(write.whole(2 ** 29 - 1, 1).length).toBe(6)
  })
})

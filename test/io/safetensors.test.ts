import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decode, encode } from '../../src/io/safetensors.ts'
import * as tensor from '../../src/tensor/index.ts'
import { dtype, elements, size, typed } from '../support/arbitrary.ts'

const entry = fc
  .tuple(dtype, size(5), size(5))
  .chain(([type, m, n]) =>
    elements(type, m * n).map((x) => tensor.of(['m', 'n'], [m, n], typed(type, x))),
  )

const file = fc.dictionary(fc.string({ minLength: 1 }), entry, { maxKeys: 4 }).map((tensors) =>
  // The format keeps this name for itself.
  Object.entries(tensors).filter(([name]) => name !== '__metadata__' && name !== '__proto__'),
)

const oneTensor = () => encode([['a', tensor.of(['n'], [3], Float32Array.of(1, 2, 3))]])

/** A file with that header and as many data bytes. */
const withHeader = (header: string, data = 12): Uint8Array => {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

describe('safetensors', () => {
  test.prop([file])('what was encoded is decoded, to the bit', (tensors) => {
    const decoded = decode(encode(tensors))
    if (E.isLeft(decoded)) expect.fail(decoded.left)
    expect([...decoded.right.keys()]).toEqual(Object.keys(Object.fromEntries(tensors)))
    for (const [name, t] of tensors) {
      const stored = decoded.right.get(name)!
      expect(stored.dtype).toBe(t.dtype)
      expect(stored.shape).toEqual(t.shape)
      expect(Array.from(stored.data)).toEqual(tensor.toArray(t))
    }
  })

  test('the layout is the published one', () => {
    const bytes = oneTensor()
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      a: { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
    })
    expect(new DataView(bytes.buffer).getFloat32(8 + length + 4, true)).toBe(2)
    expect(bytes.length).toBe(8 + length + 12)
  })

  test.prop([file, fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'no changed byte makes decoding throw',
    (tensors, at, flip) => {
      const bytes = encode(tensors)
      bytes[at % bytes.length]! ^= flip
      expect(['Left', 'Right']).toContain(decode(bytes)._tag)
    },
  )

  test.prop([fc.nat()])('every shorter file is refused', (length) => {
    const bytes = oneTensor()
    expect(decode(bytes.subarray(0, length % bytes.length))._tag).toBe('Left')
  })

  test.each([
    ['bytes left over', withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}')],
    ['a gap', withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}')],
    [
      'an overlap',
      withHeader(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
      ),
    ],
    ['an unknown type', withHeader('{"a":{"dtype":"F16","shape":[6],"data_offsets":[0,12]}}')],
    ['a negative size', withHeader('{"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}')],
    [
      'a size beyond the file',
      withHeader('{"a":{"dtype":"U8","shape":[1e15],"data_offsets":[0,1e15]}}'),
    ],
    ['a header that is a list', withHeader('[]', 0)],
    ['a header that is no JSON', withHeader('{"a"', 0)],
    ['no bytes at all', new Uint8Array(0)],
  ])('%s is refused', (_, bytes) => {
    expect(decode(bytes)._tag).toBe('Left')
  })
})

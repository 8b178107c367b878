import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decode, encode, open } from '../../src/format/safetensors.ts'
import * as tensor from '../../src/tensor/index.ts'
import { own } from '../../src/tensor/tensor.ts'
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
    expect([...decoded.right.keys()].toSorted()).toEqual(tensors.map(([name]) => name).toSorted())
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

  test('names and metadata come back, whatever letters they have', () => {
    const bytes = encode(
      [
        ['b', tensor.of(['n'], [1], Uint8Array.of(1))],
        ['1', tensor.of(['n'], [1], Float64Array.of(2))],
        ['é"\u0000', tensor.of(['n'], [0], Int32Array.of())],
      ],
      { é: 'ü' },
    )
    const opened = open(bytes)
    if (E.isLeft(opened)) expect.fail(opened.left)
    expect(opened.right.metadata).toEqual({ é: 'ü' })
    expect([...opened.right.tensors.keys()]).toEqual(['b', '1', 'é"\u0000'])
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0)
  })

  test('the header may list tensors in any order', () => {
    const decoded = decode(
      withHeader(
        '{"b":{"dtype":"U8","shape":[2],"data_offsets":[10,12]},"a":{"dtype":"U8","shape":[10],"data_offsets":[0,10]}}',
      ),
    )
    expect(E.isRight(decoded) && [...decoded.right.keys()]).toEqual(['a', 'b'])
  })

  test('NaNs are written in one bit pattern, and the tensor stays as it is', () => {
    const f32 = new Float32Array(Uint32Array.of(0x7f800001, 0xffc12345, 0x3f800000).buffer)
    const f64 = new Float64Array(BigUint64Array.of(0xfff8000000000001n).buffer)
    const bytes = encode([
      ['a', own(['n'], [3], f32)],
      ['b', own(['n'], [1], f64)],
    ])
    const view = new DataView(bytes.buffer, bytes.length - 20)
    expect([0, 4, 8].map((i) => view.getUint32(i, true))).toEqual([
      0x7fc00000, 0x7fc00000, 0x3f800000,
    ])
    expect(view.getBigUint64(12, true)).toBe(0x7ff8000000000000n)
    expect([...new Uint32Array(f32.buffer)]).toEqual([0x7f800001, 0xffc12345, 0x3f800000])
  })

  test.each(['a', '__metadata__'])('encoding refuses a second %s', (name) => {
    const t = tensor.of(['n'], [0], Float32Array.of())
    expect(() =>
      encode([
        ['a', t],
        [name, t],
      ]),
    ).toThrow(/^tensors: expected different names/)
  })

  const a = '{"dtype":"U8","shape":[12],"data_offsets":[0,12]}'
  test.each([
    ['"a" twice', `{"a":${a},"a":${a}}`, /different keys/],
    ['"a" twice, escaped', `{"a":${a},"\\u0061" :${a}}`, /different keys/],
    ['a key of an entry twice', `{"a":${a.replace('{', '{"dtype":"U8",')}}`, /different keys/],
    ['lists in lists', `{"a":${a.replace('[12]', '[[12]]')}}`, /at most 3 levels/],
    ['a byte order mark', `\ufeff{"a":${a}}`, /begins with {/],
    ['a space first', ` {"a":${a}}`, /begins with {/],
    ['metadata of numbers', `{"__metadata__":{"a":1},"a":${a}}`, /^__metadata__/],
    ['a foreign type', `{"a":${a.replace('U8', 'BF16')}}`, /^"a": expected a dtype of .*"BF16"/],
    [
      'too many elements',
      `{"a":${a.replace('[12]', '[4294967296,4294967296,0]').replace('[0,12]', '[0,0]')}}`,
      /^"a": expected/,
    ],
  ])('%s is refused, and named', (_, header, problem) => {
    const decoded = decode(withHeader(header))
    expect(E.isLeft(decoded) && decoded.left).toMatch(problem)
  })

  test('a header that is no UTF-8, and one above 1 MB, are refused', () => {
    const bytes = oneTensor()
    bytes[10] = 0xff
    expect(decode(bytes)).toMatchObject({ left: expect.stringContaining('UTF-8') as string })
    expect(decode(withHeader('{}'.padEnd(1_000_000), 0))._tag).toBe('Right')
    expect(decode(withHeader('{}'.padEnd(1_000_001), 0))._tag).toBe('Left')
  })
})

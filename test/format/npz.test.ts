import { readFileSync } from 'node:fs'
import { fc, test } from '@fast-check/vitest'
import { zipSync } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decodeNpy, encodeNpy } from '../../src/format/npy.ts'
import { decodeNpz, encodeNpz } from '../../src/format/npz.ts'
import * as tensor from '../../src/tensor/index.ts'
import { dtype, elements, size, typed } from '../support/arbitrary.ts'

const anyTensor = fc
  .tuple(dtype, size(5), size(5))
  .chain(([type, m, n]) =>
    elements(type, m * n).map((x) => tensor.of(['m', 'n'], [m, n], typed(type, x))),
  )

const file = fc
  .dictionary(fc.string({ minLength: 1 }), anyTensor, { maxKeys: 4 })
  .map((tensors) => Object.entries(tensors).filter(([name]) => name !== '__proto__'))

const three = tensor.of(['n'], [3], Float32Array.of(1, 2, 3))
const npz = () => encodeNpz([['a', three]])

const right = <A>(decoded: E.Either<string, A>): A => {
  if (E.isLeft(decoded)) expect.fail(decoded.left)
  return decoded.right
}

const problem = (decoded: E.Either<string, unknown>): string =>
  E.isLeft(decoded) ? decoded.left : 'none'

/** A .npy file with that header and as many bytes of data. */
const npy = (header: string, data = 12, version = 1): Uint8Array => {
  const bytes = new Uint8Array(10 + header.length + data)
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, header.length, 0])
  bytes.set(new TextEncoder().encode(header), 10)
  return bytes
}

describe('a .npy file', () => {
  test('has the header that NumPy writes, and data from a multiple of 64', () => {
    const bytes = encodeNpy(three)
    const dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
    expect(new TextDecoder('latin1').decode(bytes.subarray(1, 6))).toBe('NUMPY')
    expect([...bytes.subarray(0, 1), ...bytes.subarray(6, 10)]).toEqual([0x93, 1, 0, 118, 0])
    expect(new TextDecoder().decode(bytes.subarray(10, 128))).toBe(`${dict.padEnd(117)}\n`)
    expect([...bytes.subarray(128)]).toEqual([0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64])
  })

  test.each([
    [
      'another version',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", 12, 4),
      'version 1.0, 2.0 or 3.0, got 4.0',
    ],
    [
      'an unknown type',
      npy("{'descr': 'toS', 'fortran_order': False, 'shape': (3,), }\n"),
      'descr: expected one of f2, f4',
    ],
    [
      'text',
      npy("{'descr': '<U1', 'fortran_order': False, 'shape': (3,), }\n"),
      'got "<U1" (text)',
    ],
    [
      'Python objects',
      npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }\n"),
      '(Python objects, which only Python can unpickle)',
    ],
    [
      'complex numbers',
      npy("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }\n"),
      '(complex numbers)',
    ],
    [
      'a structured type',
      npy(
        "{'descr': [('x', '<f4'), ('y', '<i8', (2,))], 'fortran_order': False, 'shape': (3,), }\n",
      ),
      'got a structured type with the fields "x", "y"',
    ],
    [
      'too much data',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"),
      'expected 8 bytes of data, got 12',
    ],
    [
      'too little data',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n"),
      'expected 16 bytes',
    ],
    [
      'a size beyond the file',
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999999,), }\n"),
      'got 12',
    ],
    [
      'no line feed',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"),
      "header of 'descr'",
    ],
    ['no magic', new Uint8Array(100), 'expected a .npy file'],
    ['nothing', new Uint8Array(0), 'expected a .npy file'],
    ['a header beyond the file', npy('x').subarray(0, 10), 'ends at byte 11'],
  ])('of %s is refused', (_, bytes, message) => {
    expect(problem(decodeNpy(bytes))).toContain(message)
  })
})

describe('a .npz file', () => {
  test.prop([file])('is decoded as it was encoded, to the bit', (tensors) => {
    const arrays = right(decodeNpz(encodeNpz(tensors)))
    expect([...arrays.keys()].toSorted()).toEqual(tensors.map(([name]) => name).toSorted())
    for (const [name, t] of tensors) {
      const { dtype, shape, data } = arrays.get(name)!
      expect([dtype, shape, Array.from(data)]).toEqual([t.dtype, t.shape, tensor.toArray(t)])
    }
  })

  test.prop([fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'with a changed byte never makes decoding throw, and none of the data changes unseen',
    (at, flip) => {
      const bytes = npz()
      bytes[at % bytes.length]! ^= flip
      const decoded = decodeNpz(bytes)
      if (E.isRight(decoded))
        for (const array of decoded.right.values()) expect([...array.data]).toEqual([1, 2, 3])
    },
  )

  test.prop([fc.nat()])('that is cut off is refused', (length) => {
    const bytes = npz()
    expect(decodeNpz(bytes.subarray(0, length % bytes.length))._tag).toBe('Left')
  })

  test('is the same bytes each time', () => {
    expect(npz()).toEqual(npz())
    // 1 January 1980, noon: date 0 · 512 + 1 · 32 + 1, time 12 · 2048.
    expect([...npz().subarray(10, 14)]).toEqual([0, 0x60, 0x21, 0])
  })

  test('of files that are not arrays is refused, and of no files is empty', () => {
    expect(problem(decodeNpz(zipSync({ 'a.txt': new Uint8Array(3) }, { level: 0 })))).toBe(
      'a.txt: expected a name that ends with .npy',
    )
    expect(right(decodeNpz(encodeNpz([]))).size).toBe(0)
  })

  test('inflates no more than the limit, however small the file', () => {
    const bomb = zipSync({ 'a.npy': new Uint8Array(1_000_000) })
    expect(bomb.length).toBeLessThan(2000)
    expect(problem(decodeNpz(bomb, { most: 999_999 }))).toContain(
      'a.npy: expected at most 999999 bytes of compressed files, got 1000000',
    )
    // The archive says less than there is.
    const liar = bomb.slice()
    const central = liar.length - 22 - 46 - 'a.npy'.length
    for (const at of [22, central + 24]) new DataView(liar.buffer).setUint32(at, 10, true)
    expect(problem(decodeNpz(liar))).toBe('a.npy: expected 10 deflated bytes, got different ones')
    expect(problem(decodeNpz(bomb))).toContain('a.npy: expected a .npy file')
  })
})

describe.each(['savez.npz', 'savez-compressed.npz'])('%s, as NumPy writes it', (name) => {
  const arrays = right(decodeNpz(readFileSync(`test/golden/${name}`)))
  const of = (array: string) => {
    const { dtype, shape, data } = arrays.get(array)!
    return [dtype, shape, Array.from(data)]
  }

  test.each([
    ['f2', 'f32'],
    ['f4', 'f32'],
    ['f8', 'f64'],
    ['i1', 'i32'],
    ['i2', 'i32'],
    ['i4', 'i32'],
    ['i8', 'f64'],
    ['u1', 'u8'],
    ['u2', 'i32'],
    ['u4', 'f64'],
    ['u8', 'f64'],
  ])('reads %s as %s', (array, dtype) => {
    expect(of(array)).toEqual([dtype, [2, 3], [0, 1, 2, 3, 100, 127]])
  })

  test('reads booleans, the default whole numbers, single numbers, nothing, and big-endian', () => {
    expect(of('bool')).toEqual(['u8', [3], [1, 0, 1]])
    expect(of('default')).toEqual(['f64', [4], [0, 1, 2, 3]])
    expect(of('scalar')).toEqual(['f64', [], [7]])
    expect(of('empty')).toEqual(['f64', [0, 3], []])
    expect(of('big_endian')).toEqual(['f64', [2], [1.5, -2.25]])
    expect(of('largest')).toEqual(['f64', [2], [9007199254740991, -9007199254740991]])
  })

  test('lays Fortran order out in rows', () => {
    expect(of('fortran')).toEqual(['f64', [2, 3, 4], Array.from({ length: 24 }, (_, i) => i)])
  })

  test('reads halves exactly: subnormal, normal, infinite and NaN', () => {
    // 6e-8 and 6.1e-5 are nearest to one and 1023 of the smallest half, 2⁻²⁴.
    expect(of('half')).toEqual([
      'f32',
      [8],
      [0, 2 ** -24, 1023 * 2 ** -24, 0.333251953125, -65504, Infinity, -Infinity, NaN],
    ])
  })
})

test('a whole number that no JavaScript number holds is named, never rounded', () => {
  const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n"
  const bytes = npy(header, 16)
  new DataView(bytes.buffer).setBigInt64(10 + header.length + 8, 2n ** 53n, true)
  expect(problem(decodeNpy(bytes))).toContain(
    'element 1: expected a whole number within ±(2⁵³ − 1), which a number holds exactly, got 9007199254740992',
  )
})

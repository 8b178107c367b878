import { fc, test } from '@fast-check/vitest'
import { zipSync } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { rollout } from '../../src/algo/rollout.ts'
import { cartPole } from '../../src/env/cartPole.ts'
import { decodeNpy, encodeNpy } from '../../src/io/npy.ts'
import { decodeNpz, encodeNpz, trajectoryNpz } from '../../src/io/npz.ts'
import * as tensor from '../../src/tensor/index.ts'
import { dtype, elements, size, typed } from '../support/arbitrary.ts'
import { begin, small } from '../support/runs.ts'

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
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", 12, 2),
      'version 1.0',
    ],
    [
      'Fortran order',
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }\n"),
      'fortran_order',
    ],
    [
      'big-endian',
      npy("{'descr': '>f4', 'fortran_order': False, 'shape': (3,), }\n"),
      'descr: expected one of <f4',
    ],
    [
      'a name of objects',
      npy("{'descr': 'toS', 'fortran_order': False, 'shape': (3,), }\n"),
      'descr',
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

  test('of deflated files or of files that are no arrays is refused, of none is empty', () => {
    expect(problem(decodeNpz(zipSync({ 'a.npy': new Uint8Array(1000) })))).toContain(
      'a.npy: expected it stored as it is',
    )
    expect(problem(decodeNpz(zipSync({ 'a.txt': new Uint8Array(3) }, { level: 0 })))).toBe(
      'a.txt: expected a name that ends with .npy',
    )
    expect(right(decodeNpz(encodeNpz([]))).size).toBe(0)
  })

  test('of a trajectory has the names and sizes of its fields', () => {
    const { policy, params, worlds, world, actKey } = begin(cartPole, 1)
    const [{ trajectory }] = rollout(worlds, policy, small.steps)(params, actKey)(world)
    const arrays = right(decodeNpz(trajectoryNpz(trajectory)))
    expect([...arrays].map(([name, { shape }]) => [name, shape])).toEqual([
      ['observations', [16, 3, 4]],
      ['actions', [16, 3]],
      ...['rewards', 'terminated', 'truncated', 'log_probs', 'values', 'next_values'].map(
        (name) => [name, [16, 3]],
      ),
    ])
    expect(Array.from(arrays.get('values')!.data)).toEqual(tensor.toArray(trajectory.value))
    expect(Array.from(arrays.get('next_values')!.data)).toEqual(
      tensor.toArray(trajectory.nextValue),
    )
    expect(Array.from(arrays.get('log_probs')!.data)).toEqual(tensor.toArray(trajectory.logProb))
  })
})

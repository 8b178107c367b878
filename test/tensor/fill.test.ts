import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { plainFill, type Fill } from '../../src/tensor/fill.ts'
import { loadNdarrayFill } from '../../src/tensor/ndarrayFill.ts'
import { allocate, size, type DType } from '../../src/tensor/tensor.ts'
import type { Numbers, Strided } from '../../src/tensor/strided.ts'
import { dtype, element, elements, matrixOf, size as sizes, typed } from '../support/arbitrary.ts'

const ndarrayFill = loadNdarrayFill()!

const floats: fc.Arbitrary<DType> = fc.constantFrom('f32', 'f64')

const pair = fc
  .tuple(dtype, dtype, sizes(), sizes())
  .chain(([a, b, m, n]) => fc.tuple(matrixOf(a, m, n), matrixOf(b, m, n)))

/** Any rank, its dimensions in any order in memory, with a gap before and behind. */
const strided: fc.Arbitrary<Strided> = fc
  .tuple(dtype, fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.nat(3))
  .chain(([type, shape, offset]) => {
    const count = shape.reduce((x, y) => x * y, 1)
    const order = fc.shuffledSubarray(
      shape.map((_, d) => d),
      { minLength: shape.length },
    )
    return fc.tuple(elements(type, count + offset + 1), order).map(([x, inner]) => {
      const stride: number[] = Array.from(shape, () => 0)
      let step = 1
      for (const d of inner) {
        stride[d] = step
        step *= shape[d]!
      }
      return { buffer: typed(type, x), shape, stride, offset }
    })
  })

/** What a fill leaves in an array that was all sevens. */
const filled = (type: DType, length: number, write: (out: Numbers) => void): Numbers => {
  const out = allocate(type, length).fill(7)
  write(out)
  return out
}

// −0 and 0 are told apart by toStrictEqual, so equality here is equality of bits.
const expectSame = (
  type: DType,
  length: number,
  write: (by: Fill) => (out: Numbers) => void,
): void => {
  expect(filled(type, length, write(plainFill))).toStrictEqual(
    filled(type, length, write(ndarrayFill)),
  )
}

const countOf = ({ shape }: Strided): number => shape.reduce((x, y) => x * y, 1)

describe.for(['add', 'sub', 'mul', 'div'] as const)('%s', (name) => {
  test.prop({ ab: pair, type: floats })('has the bits of ndarray-ops', ({ ab: [a, b], type }) => {
    expectSame(type, size(a.t), (by) => (out) => by[name](out, a.t, b.t))
  })

  test.each([0, -0, Infinity, -Infinity, NaN])('has them of %d, too', (x) => {
    const a = { buffer: Float64Array.of(x, 1), shape: [2], stride: [1], offset: 0 }
    expectSame('f64', 2, (by) => (out) => by[name](out, a, { ...a, stride: [-1], offset: 1 }))
  })
})

describe.for(['shift', 'scale'] as const)('%s', (name) => {
  test.prop({ a: strided, s: element('f64'), type: floats })(
    'has the bits of ndarray-ops',
    ({ a, s, type }) => {
      expectSame(type, countOf(a), (by) => (out) => by[name](out, a, s))
    },
  )
})

test.prop({ a: strided, type: dtype })('assign has the bits of ndarray-ops', ({ a, type }) => {
  expectSame(type, countOf(a), (by) => (out) => by.assign(out, a))
})

test('Node loads ndarray-ops where it may generate code', () => {
  expect(loadNdarrayFill()).not.toBeNull()
})

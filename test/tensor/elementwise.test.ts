import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  add,
  div,
  dot,
  map,
  mean,
  mul,
  promote,
  scale,
  shift,
  sub,
  sum,
  zip2,
  zip3,
} from '../../src/tensor/elementwise.ts'
import { cast, of, toArray, transpose, type DType } from '../../src/tensor/tensor.ts'
import { dtype, element, matrix, matrixOf, size } from '../support/arbitrary.ts'
import { expectPure } from '../law/purity.ts'

// −0 and 0 are told apart by toStrictEqual, so equality here is equality of bits.
const same = (actual: unknown, expected: unknown): void => expect(actual).toStrictEqual(expected)

/** f64 if one is, else f32 if one is, else f64: written out as a table. */
const promoted = (...types: readonly DType[]): 'f32' | 'f64' =>
  types.includes('f64') ? 'f64' : types.includes('f32') ? 'f32' : 'f64'
const rounding = { f32: Math.fround, f64: (x: number) => x }

const pair = fc
  .tuple(dtype, dtype, size(), size())
  .chain(([a, b, m, n]) => fc.tuple(matrixOf(a, m, n), matrixOf(b, m, n)))

const binary = [
  ['add', add, (x: number, y: number) => x + y],
  ['sub', sub, (x: number, y: number) => x - y],
  ['mul', mul, (x: number, y: number) => x * y],
  ['div', div, (x: number, y: number) => x / y],
] as const

const scalar = [
  ['shift', shift, (x: number, s: number) => x + s],
  ['scale', scale, (x: number, s: number) => x * s],
] as const

describe.for(binary)('%s', ([, op, f]) => {
  test.prop({ ab: pair })(
    'is the scalar operation of every two elements, rounded once',
    ({ ab: [a, b] }) => {
      const out = op(a.t, b.t)
      const to = promoted(a.t.dtype, b.t.dtype)
      same([out.dims, out.shape, out.dtype], [a.t.dims, a.t.shape, to])
      const right = b.rows.flat()
      same(
        toArray(out),
        a.rows.flat().map((x, i) => rounding[to](f(x, right[i]!))),
      )
    },
  )

  test('refuses another shape and other names', () => {
    const a = of(['time', 'env'], [2, 3], new Float32Array(6))
    const b = of(['time', 'env'], [3, 2], new Float32Array(6))
    expect(() => op(a, b)).toThrow('b: expected [time=2, env=3], got [time=3, env=2]')
  })

  test.prop({ ab: pair })('is pure', ({ ab: [a, b] }) => {
    expectPure(op<['row', 'column']>, a.t, b.t)
  })

  test('takes tensors without dimensions', () => {
    same(toArray(op(of([], [], [6]), of([], [], [3]))), [f(6, 3)])
  })
})

describe.for(scalar)('%s', ([, op, f]) => {
  test.prop({ a: matrix(), s: element('f64') })(
    'is the scalar operation of every element with s, rounded once',
    ({ a, s }) => {
      const out = expectPure(op<['row', 'column']>, a.t, s)
      const to = promoted(a.t.dtype)
      same(
        toArray(out),
        a.rows.flat().map((x) => rounding[to](f(x, s))),
      )
      same([out.dims, out.shape, out.dtype], [a.t.dims, a.t.shape, to])
    },
  )
})

describe('map, zip2 and zip3', () => {
  test.prop({ a: matrix() })('map is f of every element, rounded once', ({ a }) => {
    const f = (x: number): number => x / 3 + 1
    const out = expectPure((t: typeof a.t) => map(t, f), a.t)
    const to = promoted(a.t.dtype)
    same(out.dtype, to)
    same(
      toArray(out),
      a.rows.flat().map((x) => rounding[to](f(x))),
    )
  })

  test.prop({
    abc: fc
      .tuple(size(), size())
      .chain(([m, n]) =>
        fc.tuple(matrixOf('f32', m, n), matrixOf('f64', m, n), matrixOf('u8', m, n)),
      ),
  })('zip3 computes in f64 and rounds to the first one’s type', ({ abc: [a, b, c] }) => {
    const f = (x: number, y: number, z: number): number => x * y - z / 7
    const out = expectPure((x, y, z) => zip3(x, y, z, f), a.t, b.t, c.t)
    const [y, z] = [b.rows.flat(), c.rows.flat()]
    same(out.dtype, 'f32')
    same(
      toArray(out),
      a.rows.flat().map((x, i) => Math.fround(f(x, y[i]!, z[i]!))),
    )
  })

  test.prop({
    ab: fc
      .tuple(size(), size())
      .chain(([m, n]) => fc.tuple(matrixOf('f32', m, n), matrixOf('f64', m, n))),
  })('zip2 does so of two, and names the second where it does not fit', ({ ab: [a, b] }) => {
    const f = (x: number, y: number): number => x * y - x / 7
    const out = expectPure((x, y) => zip2({ first: x, second: y }, f), a.t, b.t)
    const y = b.rows.flat()
    same(out.dtype, 'f32')
    same(
      toArray(out),
      a.rows.flat().map((x, i) => Math.fround(f(x, y[i]!))),
    )
    const other = of(['env'], [3], [1, 2, 3])
    expect(() => zip2({ first: of(['env'], [2], [1, 2]), second: other }, f)).toThrow(
      'second: expected [env=2], got [env=3]',
    )
  })

  test('zip3 names the argument that does not fit', () => {
    const t = of(['env'], [2], [1, 2])
    const other = of(['env'], [3], [1, 2, 3])
    expect(() => zip3(t, other, t, () => 0)).toThrow('b: expected [env=2], got [env=3]')
    expect(() => zip3(t, t, other, () => 0)).toThrow('c: expected [env=2], got [env=3]')
  })
})

describe('sum and mean', () => {
  test.prop({ a: matrix() })('add in rising order, in f64, whatever the layout', ({ a }) => {
    let total = 0
    for (const x of a.rows.flat()) total += x
    same(expectPure(sum, a.t), total)
    same(expectPure(mean, a.t), total / a.rows.flat().length)
  })

  test('f32 elements do not round the sum', () => {
    same(sum(of(['i'], [3], Float32Array.of(2 ** 24, 1, 1))), 2 ** 24 + 2)
  })

  test('a transposed matrix is summed in its own row-major order', () => {
    const t = transpose(of(['a', 'b'], [2, 2], [1e16, 1, 1, -1e16]))
    const u = transpose(of(['a', 'b'], [2, 2], [1e16, -1e16, 1, 1]))
    same([sum(t), sum(u)], [0, 0 + (1e16 + 1 - 1e16) + 1])
  })

  test('the mean of nothing is NaN', () => {
    expect(mean(of(['i'], [0], []))).toBeNaN()
  })
})

describe('dot', () => {
  test.prop({ pairs: fc.array(fc.tuple(element('f64'), element('f64')), { maxLength: 6 }) })(
    'is Σ aᵢ bᵢ in rising order',
    ({ pairs }) => {
      let total = 0
      for (const [a, b] of pairs) total += a * b
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
      same(expectPure(dot, a, b), total)
    },
  )

  test('f32 elements do not round it, and their order counts', () => {
    same(dot(Float32Array.of(2 ** 24, 1, 1), Float32Array.of(1, 1, 1)), 2 ** 24 + 2)
    same(dot([1e16, 1, -1e16], [1, 1, 1]), 0)
    same(dot([1e16, -1e16, 1], [1, 1, 1]), 1)
  })
})

test('promote: f64 wins over f32, f32 over whole numbers, whole numbers alone are f64', () => {
  const t = (to: DType) => cast(of(['i'], [1], [1]), to)
  same(promote(t('f32'), t('f64')), 'f64')
  same(promote(t('f32'), t('u8')), 'f32')
  same(promote(t('i32'), t('f32')), 'f32')
  same(promote(t('i32'), t('u8')), 'f64')
})

import { fc, test } from '@fast-check/vitest'
import ndarray from 'ndarray'
import { describe, expect } from 'vitest'
import {
  cast,
  data,
  item,
  of,
  own,
  pick,
  reshape,
  size,
  take,
  toArray,
  transpose,
  type DType,
} from '../../src/tensor/tensor.ts'
import { dtype, elements, matrix, typed } from '../support/arbitrary.ts'
import { expectPure } from '../law/purity.ts'

// −0 and 0 are told apart by toStrictEqual, so equality here is equality of bits.
const same = (actual: unknown, expected: unknown): void => expect(actual).toStrictEqual(expected)

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
const names = ['a', 'b', 'c', 'd']

const shaped = fc.tuple(dtype, shapes).chain(([type, shape]) =>
  elements(
    type,
    shape.reduce((x, y) => x * y, 1),
  ).map((x) => ({ type, shape, dims: names.slice(0, shape.length), x })),
)

describe('of', () => {
  test.prop({ s: shaped })(
    'toArray is its inverse, for any rank, size and element type',
    ({ s }) => {
      const t = of(s.dims, s.shape, typed(s.type, s.x))
      same(toArray(t), s.x)
      same([t.dims, t.shape, t.dtype, size(t)], [s.dims, s.shape, s.type, s.x.length])
    },
  )

  test.prop({ s: shaped })('is row-major: the last dimension varies fastest', ({ s }) => {
    const t = of(s.dims, s.shape, typed(s.type, s.x))
    const indices = s.shape.reduce<number[][]>(
      (prefixes, n) => prefixes.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])),
      [[]],
    )
    same(
      indices.map((index) => ndarray(typed(s.type, toArray(t)), s.shape).get(...index)),
      s.x,
    )
  })

  test('copies: what the caller writes later changes nothing', () => {
    const numbers = Float32Array.of(1, 2, 3)
    const dims: ['i'] = ['i']
    const shape: [number] = [3]
    const t = of(dims, shape, numbers)
    numbers[0] = 9
    shape[0] = 1
    dims.pop()
    same([toArray(t), t.dims, t.shape], [[1, 2, 3], ['i'], [3]])
  })

  test('plain numbers are f64, booleans u8, typed arrays what they are', () => {
    same(of(['i'], [1], [0.1]).dtype, 'f64')
    same(of(['i'], [2], [true, false]).dtype, 'u8')
    same(toArray(of(['i'], [2], [true, false])), [1, 0])
    same(of(['i'], [1], Int32Array.of(-3)).dtype, 'i32')
    same(of(['i'], [1], Float32Array.of(0.5)).dtype, 'f32')
  })

  test('refuses repeated names, invalid sizes, and the wrong number of elements', () => {
    expect(() => of(['env', 'env'], [1, 1], [0])).toThrow(
      'dims: expected different names, got [env, env]',
    )
    expect(() => of(['env'], [-1], [])).toThrow('shape: expected whole numbers >= 0, got env=-1')
    expect(() => of(['env'], [1.5], [1])).toThrow('shape: expected whole numbers >= 0, got env=1.5')
    expect(() => of(['env'], [NaN], [1])).toThrow('got env=NaN')
    expect(() => of(['time', 'env'], [2, 3], [1, 2])).toThrow(
      'data: expected 6 elements for [time=2, env=3], got 2',
    )
    const oneSize: number[] = [2]
    const twoNames: string[] = ['time', 'env']
    expect(() => of(twoNames, oneSize, [1, 2])).toThrow('expected 2 sizes for [time, env], got 1')
  })

  test('the record cannot be changed', () => {
    const t = of(['i'], [1], [1])
    expect(Object.isFrozen(t)).toBe(true)
  })
})

describe('transpose', () => {
  test.prop({ m: matrix() })('T[j, i] = t[i, j], names exchanged', ({ m: { t, rows } }) => {
    const transposed = transpose(t)
    const [m, n] = t.shape
    same(
      [transposed.dims, transposed.shape, transposed.dtype],
      [['column', 'row'], [n, m], t.dtype],
    )
    same(
      toArray(transposed),
      Array.from({ length: n }, (_, j) => rows.map((row) => row[j]!)).flat(),
    )
  })

  test.prop({ m: matrix() })('twice is the identity', ({ m: { t, rows } }) => {
    const twice = transpose(transpose(t))
    same([twice.dims, twice.shape, toArray(twice)], [t.dims, t.shape, rows.flat()])
  })
})

describe('pick', () => {
  test.prop({ m: matrix() })('row i of a matrix, whatever its layout', ({ m: { t, rows } }) => {
    for (const [i, row] of rows.entries()) {
      const picked = pick(t, i)
      same([picked.dims, picked.shape, toArray(picked)], [['column'], [row.length], row])
    }
  })

  test.prop({ m: matrix() })('picked twice is one element', ({ m: { t, rows } }) => {
    for (const [i, row] of rows.entries())
      for (const [j, x] of row.entries()) same(item(pick(pick(t, i), j)), x)
  })

  test('an index outside is refused by name', () => {
    const t = of(['time', 'env'], [2, 3], [1, 2, 3, 4, 5, 6])
    for (const index of [-1, 2, 0.5, NaN])
      expect(() => pick(t, index)).toThrow(
        `index: expected 0…1 along time, got ${index}: stay within [time=2, env=3]`,
      )
  })
})

describe('reshape', () => {
  test.prop({ m: matrix() })('keeps the row-major order of any layout', ({ m: { t, rows } }) => {
    const flat = reshape(t, ['all'], [size(t)])
    same(toArray(flat), rows.flat())
    const back = reshape(flat, ['row', 'column'], t.shape)
    same([back.dims, back.shape, toArray(back)], [t.dims, t.shape, rows.flat()])
  })

  test('the number of elements stays', () => {
    expect(() => reshape(of(['i'], [6], new Float32Array(6)), ['a', 'b'], [2, 2])).toThrow(
      'data: expected 4 elements for [a=2, b=2], got 6',
    )
  })
})

describe('take', () => {
  test.prop({
    drawn: matrix().chain((m) =>
      fc.tuple(
        fc.constant(m),
        m.rows.length === 0
          ? fc.constant<number[]>([])
          : fc.array(fc.integer({ min: 0, max: m.rows.length - 1 }), { maxLength: 9 }),
      ),
    ),
  })('row i is row index[i] of the source', ({ drawn: [{ t, rows }, index] }) => {
    const taken = take(t, of(['sample'], [index.length], Int32Array.from(index)))
    same([taken.dims, taken.shape], [t.dims, [index.length, t.shape[1]]])
    same(taken.dtype, t.dtype)
    same(
      toArray(taken),
      index.flatMap((i) => rows[i]!),
    )
  })

  test('an index outside is refused with its place', () => {
    const t = of(['sample'], [3], [1, 2, 3])
    expect(() => take(t, of(['sample'], [2], Int32Array.of(0, 3)))).toThrow(
      'index[1]: expected 0…2, got 3',
    )
    expect(() => take(t, of(['sample'], [1], Int32Array.of(-1)))).toThrow('index[0]')
  })

  test('an index between two rows is refused', () => {
    const t = of(['sample', 'feature'], [2, 2], [1, 2, 3, 4])
    expect(() => take(t, of(['sample'], [1], [0.5]))).toThrow('index[0]')
    expect(() => take(t, of(['sample'], [1], [NaN]))).toThrow('index[0]')
  })
})

describe('cast', () => {
  test.prop({ m: matrix(), to: dtype })(
    'each element converts as in a typed array of the target type',
    ({ m: { t, rows }, to }) => {
      const result = cast(t, to)
      same([result.dims, result.shape, result.dtype], [t.dims, t.shape, to])
      same(toArray(result), Array.from(typed(to, rows.flat())))
    },
  )

  test.prop({ m: matrix(fc.constant<DType>('f32')) })(
    'to f64 and back is the identity',
    ({ m: { t, rows } }) => {
      same(toArray(cast(cast(t, 'f64'), 'f32')), rows.flat())
    },
  )
})

describe('item', () => {
  test('is for one element only', () => {
    same(item(of([], [], [5])), 5)
    same(item(of(['a', 'b'], [1, 1], [6])), 6)
    expect(() => item(of(['a'], [2], [1, 2]))).toThrow('item: expected one element, got [a=2]')
    expect(() => item(of(['a'], [0], []))).toThrow('item: expected one element, got [a=0]')
  })
})

test.prop({ m: matrix() })('every function is pure', ({ m: { t } }) => {
  expectPure(transpose<'row', 'column'>, t)
  expectPure((x: typeof t) => reshape(x, ['all'], [size(x)]), t)
  expectPure((x: typeof t) => cast(x, 'f64'), t)
  expectPure(toArray, t)
  expectPure(data, t)
  if (t.shape[0] === 0) return
  expectPure((x: typeof t) => pick(x, 0), t)
  expectPure(take<['row', 'column']>, t, of(['i'], [2], Int32Array.of(0, 0)))
})

test('own adopts the array that it is given', () => {
  const given = Float32Array.of(1, 2)
  expect(data(own(['i'], [2], given))).toBe(given)
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { initFree, lay, layBackward, networkColumns } from '../../src/nn/freeColumns.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { inner } from '../support/direction.ts'

/** Some of the columns 0 … width − 1 in any order, never all. */
const places = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    rows: fc.nat(4),
    columns: fc.shuffledSubarray(
      Array.from({ length: width }, (_, j) => j),
      { maxLength: width - 1 },
    ),
  }),
)

const laid = (type: 'f32' | 'f64') =>
  places.chain(({ width, rows, columns }) => {
    const outputs = width - columns.length
    return fc.record({
      columns: fc.constant(columns),
      out: elements(type, rows * outputs, 2).map((x) =>
        of(['env', 'feature'], [rows, outputs], typed(type, x)),
      ),
      free: elements(type, columns.length, 2).map((x) =>
        of(['free'], [columns.length], typed(type, x)),
      ),
      dDist: elements(type, rows * width, 2).map((x) =>
        of(['env', 'param'], [rows, width], typed(type, x)),
      ),
    })
  })

describe('networkColumns', () => {
  test.prop({ p: places })('are the others, in rising order', ({ p: { width, columns } }) => {
    const rest = expectPure(networkColumns, width, columns)
    expect([...rest, ...columns].toSorted((a, b) => a - b)).toStrictEqual(
      Array.from({ length: width }, (_, j) => j),
    )
    expect(rest).toStrictEqual(rest.toSorted((a, b) => a - b))
  })

  test.each([
    [[-1], 'columns[0]: expected a column from 0 to 2, each once, got -1'],
    [[1, 3], 'columns[1]: expected a column from 0 to 2, each once, got 3'],
    [[0.5], 'columns[0]: expected a column from 0 to 2, each once, got 0.5'],
    [[2, 0, 2], 'columns[2]: expected a column from 0 to 2, each once, got 2'],
    [[0, 1, 2], 'columns: expected fewer than all 3, got 3'],
  ] as const)('%j of three columns is refused', (columns, message) => {
    expect(() => networkColumns(3, columns)).toThrow(RangeError)
    expect(() => networkColumns(3, columns)).toThrow(message)
  })
})

describe('initFree', () => {
  test.each([js.f32, js.f64])('one number for all, or one each', (kernels) => {
    const same = initFree(kernels, { columns: [3, 1], init: -0.5 })
    expect([same.dims, same.dtype, toArray(same)]).toStrictEqual([
      ['free'],
      kernels.dtype,
      [-0.5, -0.5],
    ])
    expect(toArray(initFree(kernels, { columns: [3, 1], init: [1, 2] }))).toStrictEqual([1, 2])
  })

  test('another count is refused', () => {
    const run = () => initFree(js.f64, { columns: [3, 1], init: [1] })
    expect(run).toThrow(RangeError)
    expect(run).toThrow('init: expected 2 numbers, one for each free column, got 1')
  })
})

describe('lay', () => {
  test.prop({ x: laid('f32') })(
    'puts outputs in their columns in order, and free number i in column columns[i] of every row',
    ({ x: { columns, out, free } }) => {
      const dist = expectPure(lay<'env'>, js.f32, out, free, columns)
      const [rows, outputs] = out.shape
      const width = outputs + columns.length
      expect([dist.dims, dist.shape, dist.dtype]).toStrictEqual([
        ['env', 'param'],
        [rows, width],
        'f32',
      ])
      const left = networkColumns(width, columns)
      for (let i = 0; i < rows; i++) {
        const row = toArray(dist).slice(i * width, (i + 1) * width)
        expect(columns.map((j) => row[j])).toStrictEqual(toArray(free))
        expect(left.map((j) => row[j])).toStrictEqual(
          toArray(out).slice(i * outputs, (i + 1) * outputs),
        )
      }
    },
  )

  test.prop({ x: laid('f64') })(
    'layBackward is its adjoint: ⟨d, lay(out, free)⟩ = ⟨dOut, out⟩ + ⟨dFree, free⟩',
    ({ x: { columns, out, free, dDist } }) => {
      const { dOut, logStd } = expectPure(layBackward<'env'>, js.f64, dDist, columns)
      expect([dOut.dims, dOut.shape]).toStrictEqual([['env', 'feature'], out.shape])
      expect([logStd.dims, logStd.shape]).toStrictEqual([['free'], [columns.length]])
      const right = inner(toArray(dOut), toArray(out)) + inner(toArray(logStd), toArray(free))
      expect(inner(toArray(dDist), toArray(lay(js.f64, out, free, columns)))).toBeCloseTo(right, 10)
    },
  )

  test('rows add up from the first on, each sum rounded to f32', () => {
    const d = of(['env', 'param'], [3, 2], Float32Array.of(1, 2 ** 24, 2, 1, 3, 1))
    const { dOut, logStd } = layBackward(js.f32, d, [1])
    expect(toArray(dOut)).toStrictEqual([1, 2, 3])
    expect(toArray(logStd)).toStrictEqual([2 ** 24])
  })

  test('without free columns the numbers stay where they are, uncopied', () => {
    const out = of(['env', 'feature'], [2, 2], [1, 2, 3, 4])
    const dist = lay(js.f64, out, undefined, [])
    expect(dist.dims).toStrictEqual(['env', 'param'])
    expect(dist.buffer).toBe(out.buffer)
  })

  test('as many columns as free numbers, or an error', () => {
    const out = of(['env', 'feature'], [1, 2], [1, 2])
    const free = of(['free'], [2], [5, 6])
    expect(() => lay(js.f64, out, free, [0])).toThrow(
      'columns: expected 2, one for each number of logStd, got 1',
    )
    expect(() => lay(js.f64, out, undefined, [0])).toThrow(RangeError)
    expect(() => lay(js.f64, out, undefined, [0])).toThrow('columns: expected 0')
  })
})

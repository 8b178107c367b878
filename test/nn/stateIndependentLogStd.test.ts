import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { initLogStd, layout, networkColumns } from '../../src/nn/stateIndependentLogStd.ts'
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

describe('initLogStd', () => {
  test.each(['f32', 'f64'] as const)('one number for all, or one each, in %s', (dtype) => {
    const same = initLogStd({ columns: [3, 1], init: -0.5 }, dtype)
    expect([same.dims, same.dtype, toArray(same)]).toStrictEqual([['free'], dtype, [-0.5, -0.5]])
    const each = expectPure(initLogStd, { columns: [3, 1], init: [1, 2] }, dtype)
    expect(toArray(each)).toStrictEqual([1, 2])
  })

  test('another count is refused', () => {
    const run = () => initLogStd({ columns: [3, 1], init: [1] }, 'f64')
    expect(run).toThrow(RangeError)
    expect(run).toThrow('init: expected 2 numbers, one for each column, got 1')
  })
})

/** dOut, and the gradients of log σ of each shard, in arrays that held NaN. */
const back = (
  machine: typeof js.f32,
  dParam: Parameters<ReturnType<typeof layout>['backward']>[2],
  columns: readonly number[],
  cuts: readonly number[] = [],
) => {
  const ends = [...cuts, dParam.shape[0]]
  const shards = ends.map((to, i) => ({
    from: i === 0 ? 0 : ends[i - 1]!,
    to,
    grads: of(
      ['free'],
      [columns.length],
      typed(
        machine.dtype,
        columns.map(() => NaN),
      ),
    ),
  }))
  const dOut = layout(dParam.shape[1], columns).backward(machine, shards, dParam)
  return { dOut, logStd: shards.map(({ grads }) => toArray(grads)) }
}

describe('layout', () => {
  test.prop({ x: laid('f32') })(
    'lay puts outputs in their columns in order, and number i of log σ in column columns[i] of every row',
    ({ x: { columns, out, free } }) => {
      const [rows, outputs] = out.shape
      const width = outputs + columns.length
      const param = expectPure(
        (o: typeof out, f: typeof free) => layout(width, columns).lay(js.f32, o, f),
        out,
        free,
      )
      expect([param.dims, param.shape, param.dtype]).toStrictEqual([
        ['env', 'param'],
        [rows, width],
        'f32',
      ])
      const left = networkColumns(width, columns)
      for (let i = 0; i < rows; i++) {
        const row = toArray(param).slice(i * width, (i + 1) * width)
        expect(columns.map((j) => row[j])).toStrictEqual(toArray(free))
        expect(left.map((j) => row[j])).toStrictEqual(
          toArray(out).slice(i * outputs, (i + 1) * outputs),
        )
      }
    },
  )

  test.prop({ x: laid('f64') })(
    'backward is its adjoint: ⟨d, lay(out, log σ)⟩ = ⟨dOut, out⟩ + ⟨dLogStd, log σ⟩',
    ({ x: { columns, out, free, dDist } }) => {
      const { dOut, logStd } = back(js.f64, dDist, columns)
      expect([dOut.dims, dOut.shape]).toStrictEqual([['env', 'feature'], out.shape])
      const right =
        inner(toArray(dOut), toArray(out)) +
        (columns.length === 0 ? 0 : inner(logStd[0]!, toArray(free)))
      const laidOut = layout(dDist.shape[1], columns).lay(js.f64, out, free)
      expect(inner(toArray(dDist), toArray(laidOut))).toBeCloseTo(right, 10)
    },
  )

  test('rows of a shard add up from its first on, each sum rounded to f32', () => {
    const d = of(['env', 'param'], [3, 2], Float32Array.of(1, 2 ** 24, 2, 1, 3, 1))
    expect(toArray(back(js.f32, d, [1]).dOut)).toStrictEqual([1, 2, 3])
    expect(back(js.f32, d, [1]).logStd).toStrictEqual([[2 ** 24]])
    expect(back(js.f32, d, [1], [1]).logStd).toStrictEqual([[2 ** 24], [2]])
    expect(back(js.f32, d, [1], [1, 1]).logStd).toStrictEqual([[2 ** 24], [0], [2]])
  })

  test('without such columns the numbers stay where they are, uncopied', () => {
    const out = of(['env', 'feature'], [2, 2], [1, 2, 3, 4])
    const param = layout(2, []).lay(js.f64, out, undefined)
    expect(param.dims).toStrictEqual(['env', 'param'])
    expect(param.buffer).toBe(out.buffer)
  })

  test('as many numbers as columns, or an error', () => {
    const out = of(['env', 'feature'], [1, 2], [1, 2])
    const { lay } = layout(3, [0])
    expect(() => lay(js.f64, out, of(['free'], [2], [5, 6]))).toThrow(
      'logStd: expected [free=1], got [free=2]',
    )
    expect(() => lay(js.f64, out, undefined)).toThrow('logStd: expected [free=1], got none')
  })
})

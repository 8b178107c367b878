import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { categorical } from '../../src/random/categorical.ts'
import { key } from '../../src/random/key.ts'
import { uniform } from '../../src/random/uniform.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { matrixOf } from '../support/arbitrary.ts'
import { chiSquareP } from '../support/statistics.ts'

const keys = fc.maxSafeNat().map(key)

const softmax = (x: readonly number[]): number[] => {
  const max = Math.max(...x)
  const e = x.map((v) => Math.exp(v - max))
  const total = e.reduce((a, b) => a + b, 0)
  return e.map((v) => v / total)
}

const repeated = (row: readonly number[], rows: number, type: 'f32' | 'f64' = 'f32') => {
  const x = Array.from({ length: rows }, () => row).flat()
  return of(['env', 'param'], [rows, row.length], type === 'f32' ? Float32Array.from(x) : x)
}

const count = (draws: readonly number[], categories: number): number[] =>
  Array.from({ length: categories }, (_, j) => draws.filter((d) => d === j).length)

const logits = fc
  .tuple(fc.constantFrom('f32', 'f64'), fc.nat(9), fc.integer({ min: 1, max: 6 }))
  .chain(([type, m, n]) => matrixOf(type, m, n))

describe('categorical', () => {
  test.prop({ k: keys, x: logits })('gives one category a row, i32', ({ k, x: { t } }) => {
    const draw = expectPure(categorical<'row'>, k, t)
    expect([draw.dims, draw.shape, draw.dtype]).toStrictEqual([['row'], [t.shape[0]], 'i32'])
    for (const j of toArray(draw)) expect(j >= 0 && j < t.shape[1]).toBe(true)
  })

  test.prop({ k: keys, x: logits })(
    'row i takes draw i of the key, whatever the others hold',
    ({ k, x: { t, rows } }) => {
      const draw = toArray(categorical(k, t))
      const n = t.shape[1]
      for (let few = 0; few <= rows.length; few++) {
        const part = of(['row', 'column'], [few, n], rows.slice(0, few).flat())
        expect(toArray(categorical(k, part))).toStrictEqual(draw.slice(0, few))
      }
    },
  )

  test.prop({ k: keys })(
    'inverts the cumulative distribution: u < p₀ gives 0, and so on',
    ({ k }) => {
      const u = toArray(uniform(k, ['env'], [50], 'f64'))
      // p = ½, ¼, ¼ without rounding
      const x = repeated([0, -Math.LN2, -Math.LN2], 50, 'f64')
      const far = u.every((v) => Math.abs(v - 0.5) > 1e-12 && Math.abs(v - 0.75) > 1e-12)
      fc.pre(far)
      expect(toArray(categorical(k, x))).toStrictEqual(
        u.map((v) => (v < 0.5 ? 0 : v < 0.75 ? 1 : 2)),
      )
    },
  )

  // Both tails at 10⁻⁶, five rows of logits: one seed in 10⁵ fails.
  test.each([
    { row: [0, 0, 0, 0] },
    { row: [1, 2, 3, 4] },
    { row: [-2, 0.5, 0, -1, 1] },
    { row: [100, 101, 99] },
    { row: [0.25, -Infinity, 0, -Infinity] },
  ])('frequencies are softmax($row): χ² over 20 000 draws', ({ row }) => {
    const draws = toArray(categorical(key(6), repeated(row, 20_000)))
    const p = chiSquareP(count(draws, row.length), softmax(row))
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })

  test.prop({
    k: keys,
    row: fc.array(fc.constantFrom(-Infinity, 0, 3, -40), { minLength: 1, maxLength: 6 }),
  })('a category of probability 0 never comes', ({ k, row }) => {
    fc.pre(row.some(Number.isFinite))
    for (const j of toArray(categorical(k, repeated(row, 200))))
      expect(row[j]).toBeGreaterThan(-Infinity)
  })

  test.prop({ k: keys, at: fc.nat(4) })('the only possible category always comes', ({ k, at }) => {
    const row = Array.from({ length: 5 }, (_, j) => (j === at ? -1e4 : -Infinity))
    expect(new Set(toArray(categorical(k, repeated(row, 100))))).toStrictEqual(new Set([at]))
  })

  test.prop({ k: keys, x: logits, s: fc.integer({ min: -50, max: 50 }) })(
    'adding a whole constant to whole logits changes no draw',
    ({ k, x: { rows, t }, s }) => {
      const whole = rows.flat().map(Math.round)
      const [m, n] = t.shape
      expect(toArray(categorical(k, of(['row', 'column'], [m, n], whole)))).toStrictEqual(
        toArray(
          categorical(
            k,
            of(
              ['row', 'column'],
              [m, n],
              whole.map((v) => v + s),
            ),
          ),
        ),
      )
    },
  )
})

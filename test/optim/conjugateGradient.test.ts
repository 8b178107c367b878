import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { conjugateGradient } from '../../src/optim/index.ts'
import { of, toArray, type Tensor } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[], type: 'f32' | 'f64' = 'f64') =>
  of(['param'], [x.length], typed(type, x))

type Matrix = ReadonlyArray<readonly number[]>

const times = (f: Matrix, v: readonly number[]): number[] =>
  f.map((row) => row.reduce((s, a, j) => s + a * v[j]!, 0))

/** v ↦ F v, in the element type that it is given, counting how often. */
const productOf = (f: Matrix) => {
  const seen: Array<Tensor<['param']>> = []
  const product = (v: Tensor<['param']>) => {
    seen.push(v)
    return flat(times(f, toArray(v)), v.dtype === 'f32' ? 'f32' : 'f64')
  }
  return { product, seen }
}

// AᵀA + I has no eigenvalue below 1 and none above 1 + ‖A‖², so that errors stay small.
const systems = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.record({
    f: fc
      .array(elements('f64', n, 1), { minLength: n, maxLength: n })
      .map((a) =>
        a.map((_, i) =>
          a.map((_, j) => a.reduce((s, row) => s + row[i]! * row[j]!, i === j ? 1 : 0)),
        ),
      ),
    g: elements('f64', n, 2),
  }),
)

const exact = { iterations: 6, tolerance: 0, damping: 0 }

describe('conjugateGradient', () => {
  test.prop({ s: systems })('n iterations solve F x = g of n unknowns', ({ s: { f, g } }) => {
    const { product } = productOf(f)
    const solve = conjugateGradient({ ...exact, iterations: g.length })
    const { x, iterations } = expectPure(solve, product, flat(g))
    expect([x.dims, x.shape, x.dtype]).toStrictEqual([['param'], [g.length], 'f64'])
    expectClose(times(f, toArray(x)), g, 1e-9, 1e-9)
    expect(iterations).toBeLessThanOrEqual(g.length)
  })

  test.prop({ s: systems, damping: fc.constantFrom(0.1, 1, 7) })(
    'damping solves (F + c I) x = g',
    ({ s: { f, g }, damping }) => {
      const { x } = conjugateGradient({ ...exact, damping })(productOf(f).product, flat(g))
      const left = times(f, toArray(x)).map((y, i) => y + damping * toArray(x)[i]!)
      expectClose(left, g, 1e-9, 1e-9)
    },
  )

  test.prop({
    s: systems,
    iterations: fc.integer({ min: 1, max: 6 }),
    damping: fc.constantFrom(0, 2),
  })(
    'the residual is ‖g − (F + c I) x‖², whenever it stops, and one product an iteration is taken',
    ({ s: { f, g }, iterations, damping }) => {
      const { product, seen } = productOf(f)
      const solve = conjugateGradient({ iterations, tolerance: 0, damping })
      const { x, residual, iterations: done } = solve(product, flat(g))
      const v = toArray(x)
      const rest = times(f, v).map((y, i) => g[i]! - y - damping * v[i]!)
      expectClose(
        residual,
        rest.reduce((s, r) => s + r * r, 0),
        1e-6,
        1e-18,
      )
      expect(done).toBe(seen.length)
    },
  )

  test.prop({ s: systems })(
    'every iteration brings x nearer to the solution in the norm of F',
    ({ s: { f, g } }) => {
      const error = (iterations: number): number => {
        const { x } = conjugateGradient({ ...exact, iterations })(productOf(f).product, flat(g))
        // ½ xᵀFx − gᵀx is least at the solution.
        const v = toArray(x)
        return times(f, v).reduce((s, y, i) => s + v[i]! * (y / 2 - g[i]!), 0)
      }
      // None taken is x = 0, where that is 0.
      expect(error(1)).toBeLessThanOrEqual(1e-12)
      for (let k = 1; k < g.length; k++) expect(error(k + 1)).toBeLessThanOrEqual(error(k) + 1e-12)
    },
  )

  test('stops at the tolerance and not before: ‖r‖² <= tolerance', () => {
    const f = [
      [1, 0],
      [0, 2],
    ]
    // r₁ = [1, 1] − ⅔ · [1, 2] = [⅓, −⅓], whose square is 2/9.
    const run = (tolerance: number) =>
      conjugateGradient({ ...exact, tolerance })(productOf(f).product, flat([1, 1]))
    expect(run(0.23).iterations).toBe(1)
    expectClose(run(0.23).residual, 2 / 9, 1e-12, 0)
    expectClose(toArray(run(0.23).x), [2 / 3, 2 / 3], 1e-12, 0)
    expect(run(0.22).iterations).toBe(2)
    expectClose(toArray(run(0.22).x), [1, 0.5], 1e-12, 0)
    expect(run(2)).toMatchObject({ iterations: 0, residual: 2 })
    expect(run(1.99).iterations).toBe(1)
  })

  test('of g = 0 the solution is 0, without a product and without NaN', () => {
    const { product, seen } = productOf([[2]])
    const answer = conjugateGradient(exact)(product, flat([0]))
    expect([toArray(answer.x), answer.residual, answer.iterations]).toStrictEqual([[0], 0, 0])
    expect(seen).toHaveLength(0)
  })

  test('no unknowns, no work', () => {
    expect(conjugateGradient(exact)(productOf([]).product, flat([])).residual).toBe(0)
  })

  test('F = 0 gives 0 back, undamped; a damped one g / c', () => {
    const zero = [
      [0, 0],
      [0, 0],
    ]
    const run = (damping: number) =>
      conjugateGradient({ ...exact, damping })(productOf(zero).product, flat([1, 3]))
    expect(toArray(run(0).x)).toStrictEqual([0, 0])
    expect([run(0).residual, run(0).iterations]).toStrictEqual([10, 1])
    expectClose(toArray(run(0.5).x), [2, 6], 1e-12, 0)
  })

  test('products and x have g’s element type', () => {
    const f = [
      [2, 1],
      [1, 3],
    ]
    const { product, seen } = productOf(f)
    const { x } = conjugateGradient(exact)(product, flat([1, 2], 'f32'))
    expect(x.dtype).toBe('f32')
    expect(seen.map(({ dtype, dims }) => [dtype, dims])).toStrictEqual(
      seen.map(() => ['f32', ['param']]),
    )
    expectClose(toArray(x), [0.2, 0.6], 1e-4, 0)
  })

  test('a direction that was handed out never changes', () => {
    const f = [
      [2, 1],
      [1, 3],
    ]
    const { product, seen } = productOf(f)
    conjugateGradient(exact)(product, flat([1, 2]))
    expect(toArray(seen[0]!)).toStrictEqual([1, 2])
    expect(toArray(seen[1]!)).not.toEqual([1, 2])
  })

  test('NaN has an address, and a product of another length is refused', () => {
    const solve = conjugateGradient(exact)
    expect(() => solve((v) => v, flat([1, NaN]))).toThrow(
      'g[param=1]: expected a finite number, got NaN',
    )
    expect(() => solve(() => flat([Infinity, 1]), flat([1, 1]))).toThrow(
      'product[param=0]: expected a finite number, got Infinity',
    )
    expect(() => solve(() => flat([1]), flat([1, 1]))).toThrow(
      'product: expected [param=2], got [param=1]',
    )
  })

  test.each([
    [{ iterations: 0 }, 'iterations: expected a whole number >= 1, got 0'],
    [{ iterations: 2.5 }, 'iterations: expected a whole number >= 1, got 2.5'],
    [{ iterations: Infinity }, 'iterations: expected a whole number >= 1, got Infinity'],
    [{ tolerance: -1e-9 }, 'tolerance: expected a number >= 0, got -1e-9'],
    [{ tolerance: NaN }, 'tolerance: expected a number >= 0, got NaN'],
    [{ damping: -0.1 }, 'damping: expected a number >= 0, got -0.1'],
    [{ damping: NaN }, 'damping: expected a number >= 0, got NaN'],
  ])('%j is refused before any product', (wrong, message) => {
    expect(() => conjugateGradient({ ...exact, ...wrong })).toThrow(new RangeError(message))
  })

  test('one iteration, no tolerance and no damping are allowed', () => {
    expect(() => conjugateGradient({ iterations: 1, tolerance: 0, damping: 0 })).not.toThrow()
  })
})

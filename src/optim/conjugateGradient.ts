import { runSync, wait, type Task } from '../engine/task.ts'
import { expectAtLeast, expectCount } from '../tensor/argument.ts'
import { expectFinite, expectShape } from '../tensor/check.ts'
import { dot } from '../tensor/elementwise.ts'
import { cast, data, size } from '../tensor/tensor.ts'
import { ownFlat, type Flat } from './transform.ts'

/** When the conjugate gradient method stops, and how much damping it adds. */
export interface ConjugateGradientConfig {
  /** at most so many products, a whole number >= 1; 10 in TRPO */
  readonly iterations: number
  /** stops once ‖r‖² <= tolerance; >= 0 */
  readonly tolerance: number
  /** c >= 0 of F + c I; 0.1 in TRPO */
  readonly damping: number
}

/** What the conjugate gradient method found, and how far it is from a solution. */
export interface Solution {
  /** of g's element type */
  readonly x: Flat
  /** ‖g − (F + c I) x‖², as the recursion carries it */
  readonly residual: number
  /** products taken */
  readonly iterations: number
}

/** `conjugateGradient` with products that are tasks, which may pause. */
export const conjugateGradientTask = ({
  iterations,
  tolerance,
  damping,
}: ConjugateGradientConfig) => {
  expectCount('iterations', iterations)
  expectAtLeast('tolerance', tolerance, 0)
  expectAtLeast('damping', damping, 0)
  return function* (product: (v: Flat) => Task<Flat>, g: Flat): Task<Solution> {
    expectFinite('g', g)
    const n = size(g)
    const x = new Float64Array(n)
    const r = Float64Array.from(data(g))
    const p = r.slice()
    const z = new Float64Array(n)
    let residual = dot(r, r)
    let done = 0
    while (done < iterations && residual > tolerance) {
      const fp = expectShape(
        'product',
        yield* product(cast(ownFlat(p.slice()), g.dtype)),
        ['param'],
        [n],
      )
      const image = data(fp)
      let curvature = 0
      for (let i = 0; i < n; i++) {
        z[i] = image[i]! + damping * p[i]!
        curvature += p[i]! * z[i]!
      }
      // A finite sum has finite terms; one that is not may only be large.
      if (!Number.isFinite(curvature)) expectFinite('product', fp)
      done++
      if (curvature <= 0) break
      const step = residual / curvature
      let next = 0
      for (let i = 0; i < n; i++) {
        x[i] = x[i]! + step * p[i]!
        r[i] = r[i]! - step * z[i]!
        next += r[i]! * r[i]!
      }
      for (let i = 0; i < n; i++) p[i] = r[i]! + (next / residual) * p[i]!
      residual = next
    }
    return { x: cast(ownFlat(x), g.dtype), residual, iterations: done }
  }
}

/**
 * Solves (F + c I) x = g for a symmetric positive definite F that is known by its products alone:
 *
 *   r₀ = p₀ = g,  α = ‖r‖² / pᵀ(F + c I)p,  x′ = x + α p,  r′ = r − α (F + c I) p,
 *   p′ = r′ + (‖r′‖² / ‖r‖²) p
 *
 * Directions p are conjugate, so that n of them solve a system of n unknowns; a few already give
 * a good direction. Hestenes and Stiefel 1952, section 3; Schulman et al. 2015, arXiv:1502.05477,
 * appendix C. Vectors and sums (in rising order) are f64; `product` gets p in g's element type.
 * Stops early where pᵀ(F + c I)p is not above 0: F is singular there, or digits are used up.
 *
 * @returns a function of `product`, which maps v [param] to F v [param], and of g [param] to the solution
 * @throws RangeError when the config is outside its ranges, g or a product is not finite, or a
 * product has another length
 */
export const conjugateGradient = (config: ConjugateGradientConfig) => {
  const solve = conjugateGradientTask(config)
  return (product: (v: Flat) => Flat, g: Flat): Solution =>
    runSync(solve((v) => wait(product(v)), g))
}

import { operation, type Machine } from '../kernel/machine.ts'
import { expectShape } from '../tensor/check.ts'
import { data, ownLike, type Tensor } from '../tensor/tensor.ts'
import { isCategorical } from './categorical.ts'
import type { Fitted, Param } from './distribution.ts'
import type { In, Out } from './rows.ts'

const measure = operation(
  'reverseKl',
  (_, out: Float64Array, logP: In, p: In, logQ: In, columns: number) => {
    for (let i = 0, at = 0; i < out.length; i++) {
      let sum = 0
      for (const end = at + columns; at < end; at++) sum += p[at]! * (logP[at]! - logQ[at]!)
      out[i] = sum
    }
  },
)

// KL = Σᵢ pᵢ (log pᵢ − log qᵢ) and ∂pᵢ/∂xⱼ = pᵢ (1[i = j] − pⱼ), so
// ∂KL/∂xⱼ = Σᵢ (log pᵢ − log qᵢ + 1) pᵢ (1[i = j] − pⱼ) = pⱼ (log pⱼ − log qⱼ − KL); the ones cancel.
const differentiate = operation(
  'reverseKl.grad',
  (_, dx: Out, kl: Float64Array, logP: In, p: In, logQ: In, dKl: In, columns: number) => {
    for (let i = 0, at = 0; i < kl.length; i++) {
      const [mean, d] = [kl[i]!, dKl[i]!]
      for (const end = at + columns; at < end; at++)
        dx[at] = p[at]! * (logP[at]! - logQ[at]! - mean) * d
    }
  },
)

/** KL(p ‖ q) of each row, in f64, and the way back to the parameters of p. */
export interface ReverseKl<B extends string> {
  /** Σ p (log p − log q) in nats, [B]; rounding may put it just below 0 */
  readonly kl: Float64Array
  /** Row i is dKlᵢ ∂KL(p ‖ q)ᵢ/∂paramᵢ, in the logits of p. */
  readonly grad: (machine: Machine, dKl: Tensor<[B]>) => Param<B>
}

/**
 * KL(p ‖ q) where p learns and q stays, for categorical distributions whose choices are all open:
 * with x the logits of p, ∂KL/∂xⱼ = pⱼ (log pⱼ − log qⱼ − KL). `klGrad` of a distribution is the
 * other direction, in which q learns.
 *
 * @throws RangeError unless both are categorical and of the same shape
 */
export const reverseKl = <B extends string>(
  machine: Machine,
  p: Fitted<B>,
  q: Fitted<B>,
): ReverseKl<B> => {
  if (!isCategorical(p) || !isCategorical(q))
    throw new RangeError('reverseKl: expected categorical distributions, got another family')
  expectShape('q', q.param, p.param.dims, p.param.shape)
  const [rows, columns] = p.param.shape
  const [logP, of, logQ] = [p.logP(), p.p(), q.logP()]
  const kl = machine.doubles(rows)
  machine.run(measure, kl, logP, of, logQ, columns)
  return {
    kl,
    grad: (back, dKl) => {
      const [batch] = p.param.dims
      const d = data(expectShape('dKl', dKl, [batch], [rows]))
      const dx = back.alloc(rows * columns)
      back.run(differentiate, dx, kl, logP, of, logQ, d, columns)
      return ownLike(p.param, dx)
    },
  }
}

import { backtracking } from '../../optim/backtracking.ts'
import { conjugateGradient } from '../../optim/conjugateGradient.ts'
import { ownFlat } from '../../optim/transform.ts'
import { ratioSurrogate, ratioSurrogateGrad } from '../../rl/loss/ratioSurrogate.ts'
import { dot, map, mean, scale } from '../../tensor/elementwise.ts'
import { data, type Floats } from '../../tensor/tensor.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import type { Samples } from '../samples.ts'
import { expectFiniteGrads, moved } from '../takeStep.ts'
import type { TrpoConfig } from './config.ts'
import { fisherProduct } from './fisherProduct.ts'

/** What a step of the policy came to. */
export interface StepMetrics {
  /** −mean r Â after the step */
  readonly policyLoss: number
  readonly entropy: number
  /** mean KL[π_old, π] of the step, at most δ; 0 where none was taken */
  readonly kl: number
  /** the part of the longest allowed step that was taken; 0 where none was */
  readonly fraction: number
  /** ‖g‖ of the surrogate */
  readonly gradNorm: number
}

/**
 * The natural step of the policy: max gᵀx subject to ½ xᵀF x <= δ, with g the gradient of the
 * surrogate mean r Â and F the Fisher matrix at π_old, with the damping on its diagonal. Its
 * solution is x = √(2δ / gᵀF⁻¹g) F⁻¹g, where F⁻¹g comes by conjugate gradients from products F v.
 * δ holds to second order only, so the step is shrunk until the surrogate has risen and the mean
 * KL is within δ.
 * Schulman et al. 2015, arXiv:1502.05477, section 6 and appendix C.
 */
export const naturalStep =
  (config: TrpoConfig, policy: Policy) =>
  (params: PolicyParams, batch: Samples): [StepMetrics, PolicyParams] => {
    const { maxKl, conjugateGradient: solver, lineSearch } = config
    const n = batch.observation.shape[0]
    const now = policy.forward(params, batch.observation, batch.open)
    const [{ dist, value }, cache] = now
    const surrogateOf = (logProb: typeof value): number => mean(ratioSurrogate(logProb, batch))

    const logProb = policy.logProb(dist, batch.action)
    const dLogProb = scale(ratioSurrogateGrad(logProb, batch), 1 / n)
    const dDist = policy.distGrad(dist, batch.action, dLogProb, 0)
    const g = policy.backward(cache, { dDist, dValue: map(value, () => 0) })
    const gradNorm = Math.sqrt(dot(data(g.flat), data(g.flat)))
    expectFiniteGrads(gradNorm, () => g)

    const product = fisherProduct(policy, params, now)
    const { x } = conjugateGradient(solver)(product, g.flat)
    const curvature = dot(data(x), data(product(x))) + solver.damping * dot(data(x), data(x))
    const before = surrogateOf(logProb)
    const nothing = {
      policyLoss: -before,
      entropy: mean(policy.entropy(dist)),
      kl: 0,
      fraction: 0,
      gradNorm,
    }
    if (!(curvature > 0)) return [nothing, params]

    const longest = Math.sqrt((2 * maxKl) / curvature)
    const at = (fraction: number) => {
      const step = ownFlat(data(map(x, (xi) => fraction * longest * xi)) as Floats)
      const candidate = moved(policy.kernels, params, step)
      const [next] = policy.forward(candidate, batch.observation, batch.open)
      return {
        candidate,
        surrogate: surrogateOf(policy.logProb(next.dist, batch.action)),
        entropy: mean(policy.entropy(next.dist)),
        kl: mean(policy.kl(dist, next.dist)),
      }
    }
    const fraction = backtracking(lineSearch)((tried) => {
      const { surrogate, kl } = at(tried)
      return surrogate > before && kl <= maxKl
    })
    if (fraction === null) return [nothing, params]
    const { candidate, surrogate, entropy, kl } = at(fraction)
    return [{ policyLoss: -surrogate, entropy, kl, fraction, gradNorm }, candidate]
  }

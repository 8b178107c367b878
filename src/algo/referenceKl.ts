import { reverseKl } from '../distribution/reverseKl.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { terms, type KlTerm } from '../rl/kl.ts'
import { data, own, type Floats, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Place } from './descent.ts'
import { added, type PolicyForward, type PolicyObjective } from './objective.ts'
import type { Policy } from './policy.ts'
import type { LossFields, Samples } from './samples.ts'

/** Adds Σ βᵢ KLᵢ / n of each shard to its policy loss. */
const addLoss = (
  { n, shards, losses, width, at }: Place,
  beta: ReadonlyNumbers,
  klOf: (row: number) => number,
): void => {
  let out = at()
  for (const [from, to] of shards) {
    let sum = 0
    for (let i = from; i < to; i++) sum += beta[i]! * klOf(i)
    losses[out] = losses[out]! + sum / n
    out += width
  }
}

/** Samples are of π, so k is taken of x = log ρ(a|s) − log π(a|s), and ∂k/∂log π = −k′(x). */
const estimate = operation(
  'referenceKl.estimate',
  (
    _,
    dLogProb: Floats,
    place: Place,
    logProb: ReadonlyNumbers,
    reference: ReadonlyNumbers,
    beta: ReadonlyNumbers,
    { value, grad }: KlTerm,
  ) => {
    addLoss(place, beta, (i) => value(reference[i]! - logProb[i]!))
    for (let i = 0; i < dLogProb.length; i++)
      dLogProb[i] = -grad(reference[i]! - logProb[i]!) * (beta[i]! / place.n)
  },
)

const exact = operation(
  'referenceKl.exact',
  (_, dKl: Floats, place: Place, kl: ReadonlyNumbers, beta: ReadonlyNumbers) => {
    addLoss(place, beta, (i) => kl[i]!)
    for (let i = 0; i < dKl.length; i++) dKl[i] = beta[i]! / place.n
  },
)

const required = (name: 'referenceBeta' | 'referenceLogProb' | 'referenceParam') =>
  new RangeError(
    `${name}: expected one per sample, because the loss has a KL from ρ, got none: add it`,
  )

/**
 * Adds mean β KL(π ‖ ρ) to an objective, with ρ a reference policy that stays and β each sample's own:
 *
 * - `k2`: ½ (log π − log ρ)² of the sampled action; ∂/∂log π = log π − log ρ. Where π acted, the mean of
 *   its gradient is that of KL(π ‖ ρ).
 * - `k3`: ρ/π − 1 − log(ρ/π) of the sampled action; ∂/∂log π = 1 − ρ/π. Its value estimates KL(π ‖ ρ) well,
 *   but the mean of its gradient, −E_π[ρ/π ∇log π] = −E_ρ[∇log π], is that of KL(ρ ‖ π).
 *   It is the KL of GRPO (Shao et al. 2024, arXiv:2402.03300, eq. 4).
 * - `exact`: Σₐ π(a|s) (log π(a|s) − log ρ(a|s)); see `reverseKl`.
 *
 * None of them knows how an action changes the KL of later states, which a KL in the reward does. k1 has no
 * use here: the gradient of log π − log ρ is ∇log π, whose mean is 0.
 *
 * @returns the objective itself where the config has no such term
 */
export const withReferenceKl = (
  { referenceKl }: LossFields,
  { distribution }: Pick<Policy, 'distribution'>,
  objective: PolicyObjective<PolicyForward>,
): PolicyObjective<PolicyForward> => {
  if (referenceKl === undefined) return objective
  return (machine, tree, samples, place) => {
    const forward = objective(machine, tree, samples, place)
    const [rows] = forward.logProb.shape
    const { action, actionMask = null, referenceBeta, referenceLogProb, referenceParam } = samples
    if (referenceBeta === undefined) throw required('referenceBeta')
    const beta = data(referenceBeta)
    const d = own(['sample'], [rows], machine.alloc(rows))
    const fill = data(d) as Floats
    const grad = (): ((back: Machine) => NonNullable<Samples['oldParam']>) => {
      if (referenceKl !== 'exact') {
        if (referenceLogProb === undefined) throw required('referenceLogProb')
        const [now, reference] = [data(forward.logProb), data(referenceLogProb)]
        machine.run(estimate, fill, place, now, reference, beta, terms[referenceKl])
        return () => forward.dist.logProbGrad(action, d)
      }
      if (referenceParam === undefined) throw required('referenceParam')
      const rho = distribution.at(referenceParam, actionMask, machine)
      const { kl, grad } = reverseKl(machine, forward.dist, rho)
      machine.run(exact, fill, place, kl, beta)
      return (back) => grad(back, d)
    }
    const ofKl = grad()
    return {
      ...forward,
      differentiate: (back) => {
        const { dParam, ...others } = forward.differentiate(back)
        const more: Tensor<['sample', 'param']> = ofKl(back)
        return { ...others, dParam: dParam === null ? more : added(back, dParam, more) }
      },
    }
  }
}

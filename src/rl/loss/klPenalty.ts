import { map, scale, sub } from '../../tensor/elementwise.ts'
import { expectAbove, expectAtLeast, expectNumber } from '../../tensor/argument.ts'
import { expectAlike } from '../../tensor/check.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { SurrogateBatch } from './perSample.ts'
import { ratioSurrogate, ratioSurrogateGrad } from './ratioSurrogate.ts'

export interface KlPenaltyConfig {
  /** β >= 0: what a nat of KL costs */
  readonly beta: number
}

const checkedBeta = ({ beta }: KlPenaltyConfig): number => expectAtLeast('beta', beta, 0)

/**
 * L = r Â − β KL, a sample, with r = exp(logProb − oldLogProb) and KL that of π_old(·|s) and
 * π(·|s), from a distribution's `kl` or one of the estimators in `kl`.
 * Schulman et al. 2017, arXiv:1707.06347, eq. 8.
 *
 * @returns a function of logProb, { oldLogProb, advantage } and kl, all of one shape, to that shape
 * @throws RangeError when shapes differ or β < 0
 */
export const objective = (config: KlPenaltyConfig) => {
  const beta = checkedBeta(config)
  return <D extends string[]>(
    logProb: Tensor<D>,
    batch: NoInfer<SurrogateBatch<D>>,
    kl: NoInfer<Tensor<D>>,
  ): Tensor<D> => {
    expectAlike(logProb, { kl })
    return sub(ratioSurrogate<D>(logProb, batch), scale(kl, beta))
  }
}

/**
 * ∂L/∂logProb = r Â with KL held, and ∂L/∂KL = −β with logProb held. Where KL comes from the
 * distribution's parameters, −β goes on through its `klGrad`; where it is an estimate kₙ, the whole
 * derivative in logProb is r Â − β kₙ′.
 */
export const objectiveGrad = (config: KlPenaltyConfig) => {
  const beta = checkedBeta(config)
  return <D extends string[]>(
    logProb: Tensor<D>,
    batch: NoInfer<SurrogateBatch<D>>,
  ): { readonly dLogProb: Tensor<D>; readonly dKl: Tensor<D> } => ({
    dLogProb: ratioSurrogateGrad<D>(logProb, batch),
    dKl: map(logProb, () => -beta),
  })
}

const SMALLEST_BETA = 1e-10
const LARGEST_BETA = 1e10

/**
 * The next β, after an update that moved the policy by `kl`: β / 2 where kl < target / 1.5, 2 β
 * where kl > 1.5 target, and β between and at both borders. Schulman et al. 2017,
 * arXiv:1707.06347, section 4.
 *
 * β stays within [1e-10, 1e10], which is not in the paper: while a learning rate anneals to 0 the
 * policy hardly moves, and β, halved at every update, would end as 0, from which no doubling leads
 * back.
 *
 * @param config.target d > 0, the KL wanted of an update, in nats
 * @throws RangeError when target or β is not > 0, or kl is NaN
 */
export const adaptBeta = ({ target }: { readonly target: number }) => {
  expectAbove('target', target, 0)
  return (beta: number, kl: number): number => {
    expectAbove('beta', beta, 0)
    expectNumber('kl', kl)
    const next = kl < target / 1.5 ? beta / 2 : kl > 1.5 * target ? 2 * beta : beta
    return Math.min(Math.max(next, SMALLEST_BETA), LARGEST_BETA)
  }
}

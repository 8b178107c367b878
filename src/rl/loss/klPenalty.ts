import { map, scale, sub } from '../../tensor/elementwise.ts'
import { expectAbove, expectAtLeast, expectNumber } from '../../tensor/argument.ts'
import { expectAlike } from '../../tensor/check.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { SurrogateBatch } from './perSample.ts'
import { ratioSurrogate, ratioSurrogateGrad } from './ratioSurrogate.ts'

/** The settings of the KL penalty: its coefficient β. */
export interface KlPenaltyConfig {
  /** β >= 0: what a nat of KL costs */
  readonly beta: number
}

const checkedBeta = ({ beta }: KlPenaltyConfig): number => expectAtLeast('beta', beta, 0)

/**
 * The KL-penalised objective L = r Â − β KL of each sample, with r = π(a|s) / π_old(a|s) =
 * exp(logProb − oldLogProb). KL is that of π_old(·|s) and π(·|s), in nats, from the `kl` of a
 * distribution or one of the estimators in `rl.kl`. Schulman et al. 2017, arXiv:1707.06347, eq. 8.
 *
 * @param config.beta β >= 0, the cost of one nat
 * @returns a function of `logProb`, `{ oldLogProb, advantage }` and `kl`, tensors of one shape
 * [...D], to that shape
 * @throws RangeError when shapes differ or β < 0
 */
export const objective = (config: KlPenaltyConfig) => {
  const beta = checkedBeta(config)
  return <D extends string[]>(
    logProb: Tensor<D>,
    batch: NoInfer<SurrogateBatch<D>>,
    kl: NoInfer<Tensor<D>>,
  ): Tensor<D> => {
    expectAlike({ logProb, kl })
    return sub(ratioSurrogate<D>(logProb, batch), scale(kl, beta))
  }
}

/**
 * The derivatives of `objective`: ∂L/∂logProb = r Â with KL held fixed, and ∂L/∂KL = −β with
 * logProb held fixed. Schulman et al. 2017, arXiv:1707.06347, eq. 8.
 *
 * If KL is a function of the distribution's parameters, pass −β on through `klGrad`. If it is an
 * estimate kₙ of the sample, the whole derivative in logProb is r Â − β ∂kₙ/∂logProb.
 *
 * @param config.beta β >= 0, the cost of one nat
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * two tensors of that shape
 * @throws RangeError when shapes differ or β < 0
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
 * The next coefficient β after an update that moved the policy by `kl` nats: β / 2 where kl <
 * target / 1.5, 2 β where kl > 1.5 target, and β in between and at both borders. Schulman et al.
 * 2017, arXiv:1707.06347, section 4.
 *
 * β stays within [1e-10, 1e10], which is not in the paper. While a learning rate anneals to 0, the
 * policy hardly moves and β is halved at every update. It would reach 0, and no doubling leads back
 * from 0.
 *
 * - `target`: d > 0, the desired KL of an update, in nats
 *
 * @returns a function of `beta` > 0 and `kl` to the next β
 * @throws RangeError when the target or β is not > 0, or kl is NaN
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

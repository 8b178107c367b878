import { expectAtLeast, expectOneOf } from '../tensor/argument.ts'
import { notFinite } from '../tensor/check.ts'

/** Of groups of responses to the same prompt. */
export interface GroupConfig {
  /** k >= 2 responses a group */
  readonly size: number
}

/** How GRPO normalises: the paper's std(r) is PyTorch's in TRL, with this ε. */
export interface GrpoConfig extends GroupConfig {
  /** of the standard deviation; 1 by default */
  readonly ddof?: 0 | 1
  /** ε >= 0, added to the standard deviation; 1e-4 by default */
  readonly epsilon?: number
}

const expectFinite = (returns: readonly number[]): void =>
  returns.forEach((x, i) => {
    if (!Number.isFinite(x)) throw notFinite('returns', ['response'], [returns.length], i, x)
  })

/** Applies f to each stretch of `size` numbers; those of an incomplete last one become 0. */
const byGroup = (
  size: number,
  returns: readonly number[],
  f: (group: readonly number[]) => readonly number[],
): readonly number[] => {
  if (!(Number.isInteger(size) && size >= 2))
    throw new RangeError(`size: expected a whole number >= 2, got ${size}`)
  if (returns.length < size)
    throw new RangeError(
      `returns: expected at least ${size}, the size of a group, got ${returns.length}`,
    )
  expectFinite(returns)
  return returns.flatMap((_, i) => {
    if (i % size !== 0) return []
    const group = returns.slice(i, i + size)
    return group.length < size ? group.map(() => 0) : f(group)
  })
}

const meanOf = (x: readonly number[]): number => x.reduce((sum, xi) => sum + xi, 0) / x.length

/**
 * REINFORCE leave-one-out: Âᵢ = Rᵢ − Σ_{j≠i} Rⱼ / (k − 1), where the baseline of a response is the mean
 * of the others in its group, so that E[Âᵢ ∇log π] is the policy gradient. Ahmadian et al. 2024,
 * arXiv:2402.14740, eq. 8, after Kool et al. 2019.
 *
 * @param returns a number per response, groups one after the other; those of an incomplete last group get 0
 * @throws RangeError unless the size is a whole number >= 2, a group is there, and returns are finite
 */
export const rlooAdvantages = ({ size }: GroupConfig, returns: readonly number[]) =>
  byGroup(size, returns, (group) => {
    const mean = meanOf(group)
    // R − (k m − R) / (k − 1) = (R − m) k / (k − 1)
    return group.map((r) => ((r - mean) * size) / (size - 1))
  })

/**
 * Group-relative advantages: Âᵢ = (rᵢ − mean r) / (std r + ε) over the group. Shao et al. 2024,
 * arXiv:2402.03300, section 4.1.2. A group of equal scores gets 0.
 *
 * @param returns a number per response, groups one after the other; those of an incomplete last group get 0
 * @throws RangeError unless the size is a whole number >= 2, a group is there, ddof is 0 or 1, ε >= 0, and
 * returns are finite
 */
export const grpoAdvantages = (
  { size, ddof = 1, epsilon = 1e-4 }: GrpoConfig,
  returns: readonly number[],
) => {
  expectOneOf('ddof', ddof, [0, 1])
  expectAtLeast('epsilon', epsilon, 0)
  return byGroup(size, returns, (group) => {
    const mean = meanOf(group)
    const squares = group.reduce((sum, r) => sum + (r - mean) * (r - mean), 0)
    const scale = Math.sqrt(squares / (size - ddof)) + epsilon
    return group.map((r) => (squares === 0 ? 0 : (r - mean) / scale))
  })
}

/** The mean of the returns of `count` responses; 0 before the first. */
export interface ReturnBaseline {
  readonly mean: number
  readonly count: number
}

/** The moving average of returns before the first return. */
export const noBaseline: ReturnBaseline = { mean: 0, count: 0 }

/**
 * REINFORCE with the moving average of all returns before as its baseline: Âᵢ = Rᵢ − b, b ← the mean of
 * what b was of and of these. Williams 1992; Ahmadian et al. 2024, arXiv:2402.14740, eq. 5.
 *
 * @throws RangeError when a return is not finite
 */
export const reinforceAdvantages = (
  { mean, count }: ReturnBaseline,
  returns: readonly number[],
): readonly [advantages: readonly number[], baseline: ReturnBaseline] => {
  expectFinite(returns)
  const after = count + returns.length
  const sum = returns.reduce((all, r) => all + r, mean * count)
  return [
    returns.map((r) => r - mean),
    after === 0 ? noBaseline : { mean: sum / after, count: after },
  ]
}

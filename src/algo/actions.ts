import {
  bernoulli,
  categorical,
  diagonalGaussian,
  multiCategorical,
  product,
  squashedGaussian,
  type Distribution,
} from '../distribution/index.ts'
import type { Space } from '../env/space.ts'

/** What a config says of continuous actions. */
export interface ActionConfig {
  readonly actionBound: 'clip' | 'squash' | 'none'
  readonly logStd: { readonly kind: 'free' | 'state'; readonly init: number }
}

/** A distribution over the actions of a space. */
export interface ActionDistribution {
  readonly distribution: Distribution
  /** how many parameters a member has */
  readonly params: number
  /** which of them are log standard deviations */
  readonly logStd: readonly number[]
}

/**
 * The distribution that suits a space: categorical, one for each entry, bits, a Gaussian (within
 * its bounds by a tanh where the config says `squash`), or the product of the parts'.
 */
export const distributionFor = (
  space: Space,
  config: Pick<ActionConfig, 'actionBound'>,
): ActionDistribution => {
  if (space.kind === 'discrete') return { distribution: categorical, params: space.n, logStd: [] }
  if (space.kind === 'multiBinary') return { distribution: bernoulli, params: space.n, logStd: [] }
  if (space.kind === 'multiDiscrete')
    return {
      distribution: multiCategorical(space.sizes),
      params: space.sizes.reduce((sum, n) => sum + n, 0),
      logStd: [],
    }
  if (space.kind === 'box')
    return {
      distribution: config.actionBound === 'squash' ? squashedGaussian : diagonalGaussian,
      params: 2 * space.size,
      logStd: Array.from({ length: space.size }, (_, i) => space.size + i),
    }
  const parts = Object.values(space.spaces).map((part) => distributionFor(part, config))
  const logStd: number[] = []
  let before = 0
  for (const part of parts) {
    logStd.push(...part.logStd.map((column) => before + column))
    before += part.params
  }
  return {
    distribution: product(parts.map(({ distribution, params }) => [distribution, params])),
    params: before,
    logStd,
  }
}

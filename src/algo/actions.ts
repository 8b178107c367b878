import {
  bernoulli,
  categorical,
  boundedLogStd,
  diagonalGaussian,
  multiCategorical,
  product,
  squashedGaussian,
  type Distribution,
} from '../distribution/index.ts'
import { partsOf, type Space } from '../env/space.ts'

/** The settings of log σ. */
export interface LogStdConfig {
  /** `free`: a parameter; `state`: an output of the policy network */
  readonly kind: 'free' | 'state'
  /** initial value, from −10 to 2 and within the bounds */
  readonly init: number
  /** lower bound to clamp to, where the gradient is 0 below it; absent or null: no bound */
  readonly min?: number | null
  /** upper bound to clamp to, where the gradient is 0 above it; absent or null: no bound */
  readonly max?: number | null
}

/** Whether log σ has a bound. */
export const isLogStdBounded = ({ min = null, max = null }: LogStdConfig): boolean =>
  min !== null || max !== null

/** The settings of continuous actions. */
export interface ActionConfig {
  /** what happens to actions beyond the bounds of a box */
  readonly actionBound: 'clip' | 'squash' | 'none'
  /** log σ of Gaussian actions */
  readonly logStd: LogStdConfig
}

/** A distribution over the actions of a space. */
export interface ActionDistribution {
  /** its members are the policies at one observation */
  readonly distribution: Distribution
  /** how many parameters a member has */
  readonly params: number
  /** which of them are log standard deviations */
  readonly logStd: readonly number[]
}

/** The settings that determine the distribution of continuous actions; without `logStd` it has no bounds. */
type GaussianConfig = Pick<ActionConfig, 'actionBound'> & Partial<Pick<ActionConfig, 'logStd'>>

const gaussianFor = ({ actionBound, logStd }: GaussianConfig): Distribution<['action']> => {
  const gaussian = actionBound === 'squash' ? squashedGaussian : diagonalGaussian
  if (logStd === undefined || !isLogStdBounded(logStd)) return gaussian
  const { min = null, max = null } = logStd
  return boundedLogStd(gaussian, { min, max })
}

/**
 * The distribution for a space: a categorical, one categorical per entry, Bernoulli bits, a Gaussian (bounded
 * by a tanh if the config says `squash`), or the product of those of its parts.
 */
export const distributionFor = (space: Space, config: GaussianConfig): ActionDistribution => {
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
      distribution: gaussianFor(config),
      params: 2 * space.size,
      logStd: Array.from({ length: space.size }, (_, i) => space.size + i),
    }
  const parts = partsOf(space).map(([, part]) => distributionFor(part, config))
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

import { expectOneOf } from '../../tensor/argument.ts'
import { checkedClip, clippedSurrogateTerm, type ClipConfig } from './clippedSurrogate.ts'
import { clipAloneTerm } from './clipAlone.ts'
import { dualClipTerm } from './dualClip.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'
import { policyGradientTerm } from './policyGradient.ts'
import { ratioSurrogateTerm } from './ratioSurrogate.ts'

const KINDS = ['policyGradient', 'ratio', 'clipAlone', 'clip', 'dualClip'] as const

/**
 * The name of an objective: the steps that lead from the policy gradient to the clipped surrogate,
 * and the dual clip.
 */
export type SurrogateKind = (typeof KINDS)[number]

/** The objective to maximise, and the numbers that it reads. */
export interface SurrogateConfig extends ClipConfig {
  /** which objective; `clip` by default */
  readonly surrogate?: SurrogateKind
  /** c > 1, which `dualClip` needs and the others ignore */
  readonly dualClip?: number | null
}

type TermConfig = Pick<SurrogateConfig, 'surrogate' | 'dualClip'>

const terms: { readonly [K in SurrogateKind]: (config: TermConfig) => SurrogateTerm } = {
  policyGradient: () => policyGradientTerm,
  ratio: () => ratioSurrogateTerm,
  clipAlone: () => clipAloneTerm,
  clip: () => clippedSurrogateTerm,
  dualClip: ({ dualClip }) => dualClipTerm(dualClip ?? NaN),
}

const READS_CLIP: ReadonlySet<SurrogateKind> = new Set(['clipAlone', 'clip', 'dualClip'])

/** ε, checked where the objective reads it. */
const clipOf = ({ surrogate = 'clip', clip }: SurrogateConfig): number =>
  READS_CLIP.has(surrogate) ? checkedClip({ clip }) : NaN

/**
 * The objective that a config names, for one sample: `policyGradient`, `ratio` (`ratioSurrogate`),
 * `clipAlone`, `clip` (`clippedSurrogate`) or `dualClip`. Schulman et al. 2017, arXiv:1707.06347,
 * eq. 2, 6 and 7, and Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @throws RangeError when the name is unknown, or c is out of range
 */
export const surrogateTerm = (config: TermConfig): SurrogateTerm => {
  const { surrogate = 'clip' } = config
  return terms[expectOneOf('surrogate', surrogate, KINDS)](config)
}

/**
 * The objective that a config names, of each sample: `policyGradient`, `ratio` (`ratioSurrogate`),
 * `clipAlone`, `clip` (`clippedSurrogate`) or `dualClip`. Schulman et al. 2017, arXiv:1707.06347,
 * eq. 2, 6 and 7, and Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ, the name is unknown, or a number that the objective reads
 * is out of range
 */
export const surrogate = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).value, clipOf(config))

/**
 * The derivative in logProb of the objective that a config names: see `surrogate`. Schulman et al.
 * 2017, arXiv:1707.06347, eq. 2, 6 and 7, and Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ, the name is unknown, or a number that the objective reads
 * is out of range
 */
export const surrogateGrad = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).grad, clipOf(config))

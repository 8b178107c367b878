import { expectOneOf } from '../../tensor/argument.ts'
import { checkedClip, clippedSurrogateTerm, type ClipConfig } from './clippedSurrogate.ts'
import { clipAloneTerm } from './clipAlone.ts'
import { dualClipTerm } from './dualClip.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'
import { policyGradientTerm } from './policyGradient.ts'
import { ratioSurrogateTerm } from './ratioSurrogate.ts'

const KINDS = ['policyGradient', 'ratio', 'clipAlone', 'clip', 'dualClip'] as const

/** The rungs from the policy gradient to the clipped surrogate, and one beyond. */
export type SurrogateKind = (typeof KINDS)[number]

export interface SurrogateConfig extends ClipConfig {
  /** `clip` where nothing is said */
  readonly surrogate?: SurrogateKind
  /** c > 1, which only `dualClip` reads, and needs */
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
 * The objective that a config names, at one sample: `policyGradient`, `ratio` (`ratioSurrogate`),
 * `clipAlone`, `clip` (`clippedSurrogate`) or `dualClip`.
 *
 * @throws RangeError when the name is unknown, or c lies outside its range
 */
export const surrogateTerm = (config: TermConfig): SurrogateTerm => {
  const { surrogate = 'clip' } = config
  return terms[expectOneOf('surrogate', surrogate, KINDS)](config)
}

/**
 * The objective that a config names, of logProb and { oldLogProb, advantage }, all of one shape, to that
 * shape.
 *
 * @throws RangeError when the name is unknown, or a number that it reads lies outside its range
 */
export const surrogate = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).value, clipOf(config))

/** Its derivative in logProb. */
export const surrogateGrad = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).grad, clipOf(config))

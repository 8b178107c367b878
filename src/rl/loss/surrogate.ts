import { expectOneOf } from '../../tensor/argument.ts'
import { clippedSurrogateTerm, type ClipConfig } from './clippedSurrogate.ts'
import { clippedWithoutMinTerm } from './clippedWithoutMin.ts'
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

const terms: { readonly [K in SurrogateKind]: (config: SurrogateConfig) => SurrogateTerm } = {
  policyGradient: () => policyGradientTerm,
  ratio: () => ratioSurrogateTerm,
  clipAlone: clippedWithoutMinTerm,
  clip: clippedSurrogateTerm,
  dualClip: ({ clip, dualClip }) => dualClipTerm({ clip, dualClip: dualClip ?? NaN }),
}

/**
 * The objective that a config names, at one sample: `policyGradient`, `ratio` (`ratioSurrogate`),
 * `clipAlone` (`clippedWithoutMin`), `clip` (`clippedSurrogate`) or `dualClip`.
 *
 * @throws RangeError when the name is unknown, or a number that it reads lies outside its range
 */
export const surrogateTerm = (config: SurrogateConfig): SurrogateTerm => {
  const { surrogate = 'clip' } = config
  return terms[expectOneOf('surrogate', surrogate, KINDS)](config)
}

/** The same of logProb and { oldLogProb, advantage }, all of one shape, to that shape. */
export const surrogate = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).value)

/** Its derivative in logProb. */
export const surrogateGrad = (config: SurrogateConfig): Surrogate =>
  perSample(surrogateTerm(config).grad)

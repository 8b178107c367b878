import type { Environment } from '../env/environment.ts'
import { box, discrete, type Discrete } from '../env/space.ts'
import { expectAbove, expectAtLeast, expectCount } from '../tensor/argument.ts'
import { writeContext } from './context.ts'
import type { Sequence } from './encode.ts'
import type { Score } from './score.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

/** The form of the environment in which a language model writes responses. */
export interface LanguageEnvironmentConfig {
  /** number of observed tokens: the window of the language model that acts */
  readonly window: number
  /** a response ends without EOS when it has so many tokens */
  readonly longest: number
  /** the penalty for that, subtracted from the score; 0 by default */
  readonly missingEos?: number
  /** c > 0: scores are limited to [−c, c], before that cost; no limit by default */
  readonly scoreClip?: number
}

/**
 * Writing a response as an environment. An action is the next token or EOS; an observation, the numbers of
 * the last tokens, with BOS and PAD before the first. An episode is a response: it ends with EOS or at the
 * greatest length, and then brings the score of its tokens, limited to [−c, c], less the cost of a missing
 * EOS. All other rewards are 0. A state is the tokens so far.
 *
 * Since episodes follow one another without padding, every step of a rollout is a token, and nothing has to be
 * masked.
 *
 * @param score what a response is worth; one that throws, or is not finite, is an error of the step, whose
 * message and `address` name the environment's row
 * @throws RangeError unless window and longest are whole numbers >= 1, missingEos >= 0 and scoreClip > 0
 */
export const languageEnvironment = (
  vocabulary: Pick<Vocabulary, 'tokens'>,
  { window, longest, missingEos = 0, scoreClip = Infinity }: LanguageEnvironmentConfig,
  score: Score,
): Environment<Sequence, Discrete> => {
  expectCount('window', window)
  expectCount('longest', longest)
  expectAtLeast('missingEos', missingEos, 0)
  expectAbove('scoreClip', scoreClip, 0)
  const ids = tokenIds(vocabulary)
  // What is not a number stays as it is, for the guard of the environment to name.
  const scored: Score = (tokens) => {
    const s: unknown = score(tokens)
    return typeof s === 'number' && Number.isFinite(s)
      ? Math.max(-scoreClip, Math.min(scoreClip, s))
      : (s as number)
  }
  return {
    name: 'language',
    observationSpace: box(window, 0, ids.read - 1),
    actionSpace: discrete(ids.written),
    init: () => [],
    observe: (tokens) => {
      const out: number[] = []
      writeContext(out, 0, tokens, tokens.length, window, ids)
      return out
    },
    step: (token) => (tokens) => {
      if (token === ids.eos)
        return [{ reward: scored(tokens), terminated: true, truncated: false }, tokens]
      const next = [...tokens, token]
      const isCut = next.length >= longest
      return [
        { reward: isCut ? scored(next) - missingEos : 0, terminated: isCut, truncated: false },
        next,
      ]
    },
  }
}

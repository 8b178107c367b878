import type { Environment } from '../env/environment.ts'
import { box, discrete, type Discrete } from '../env/space.ts'
import { expectCount } from '../tensor/argument.ts'
import { writeContext } from './context.ts'
import type { Sequence } from './encode.ts'
import type { Score } from './score.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

export interface LanguageEnvironmentConfig {
  /** tokens that are seen: the window of the language model that acts */
  readonly window: number
  /** a response ends without EOS when it has so many tokens */
  readonly longest: number
  /** what that costs; 0 unless said otherwise */
  readonly missingEos?: number
}

/**
 * Writing a response as an environment. An action is the next token or EOS; an observation, the numbers of
 * the last tokens, with BOS and PAD before the first. An episode is a response: it ends with EOS or at the
 * greatest length, and brings the score of its tokens then. All other rewards are 0. A state is the
 * tokens so far.
 *
 * Since episodes follow one another without padding, every step of a rollout is a token, and nothing has to be
 * masked.
 *
 * @param score what a response is worth; one that is not finite is an error of the step
 */
export const languageEnvironment = (
  vocabulary: Pick<Vocabulary, 'tokens'>,
  { window, longest, missingEos = 0 }: LanguageEnvironmentConfig,
  score: Score,
): Environment<Sequence, Discrete> => {
  expectCount('window', window)
  expectCount('longest', longest)
  const ids = tokenIds(vocabulary)
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
        return [{ reward: score(tokens), terminated: true, truncated: false }, tokens]
      const next = [...tokens, token]
      const isCut = next.length >= longest
      return [
        { reward: isCut ? score(next) - missingEos : 0, terminated: isCut, truncated: false },
        next,
      ]
    },
  }
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decode, type Sequence } from '../../rlhf/encode.ts'
import { ngram } from '../../rlhf/ngram.ts'
import { ensembleScore, rewardModel, rewardScores } from '../../rlhf/rewardModel.ts'
import {
  scaleOf,
  scoreAll,
  standardised,
  typicalOf,
  type Scale,
  type Score,
} from '../../rlhf/score.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import type { TextScore } from './source.ts'
import { outputOf, type Given } from './stage.ts'

/** A score in standard deviations of the reference's samples. */
export interface Judge {
  readonly score: Score
  /** from its own units */
  readonly scale: Scale
}

/** Left where samples cannot be scored, or all have the same score. */
const judgeBy = (what: string, given: Given, raw: Score): E.Either<string, Judge> => {
  const { vocabulary } = outputOf(given, 'corpus')
  const samples = outputOf(given, 'samples').map(({ tokens }) => tokens)
  return pipe(
    scoreAll(vocabulary, raw, samples),
    E.mapLeft(({ problem }) => problem),
    E.flatMap((scores) =>
      E.tryCatch(
        () => scaleOf(scores),
        (error) => `${what}: ${(error as Error).message}`,
      ),
    ),
    E.map((scale) => {
      const standard = standardised(scale)
      return { score: (tokens) => standard(raw(tokens)), scale }
    }),
  )
}

/** The hidden score. */
export const goldOf = (given: Given): E.Either<string, Judge> => {
  const { gold } = given.config
  if (gold === null) return E.left('gold: expected a hidden score, got none')
  const { vocabulary, liked } = outputOf(given, 'corpus')
  return judgeBy('gold', given, typicalOf(ngram(vocabulary, liked), gold))
}

/** A function of texts as a score of tokens. What it gives is not checked: see `scoreAll` and `checked`. */
export const scoreOfText = (vocabulary: Vocabulary, score: TextScore): Score => {
  const write = decode(vocabulary)
  return (tokens: Sequence) =>
    score(
      write(tokens),
      tokens.map((token) => vocabulary.tokens[token]!),
    ) as number
}

/** A score that throws an error with the text in it where it gives no finite number. */
const checked =
  (vocabulary: Vocabulary, score: Score): Score =>
  (tokens) => {
    const scored = scoreAll(vocabulary, score, [tokens])
    if (E.isLeft(scored)) throw new Error(scored.left.problem.replace('score[0]', 'score'))
    return scored.right[0]!
  }

/** What PPO raises: the reward model, or the user's function in its place. */
export const proxyOf = (given: Given): E.Either<string, Judge> => {
  const { config, source, engines } = given
  if (config.score !== null) {
    if (source.score === null) return E.left('score: expected the function, got none')
    const { vocabulary } = outputOf(given, 'corpus')
    return pipe(
      judgeBy('score', given, scoreOfText(vocabulary, source.score)),
      E.map(({ score, scale }) => ({ score: checked(vocabulary, score), scale })),
    )
  }
  const { vocabulary } = outputOf(given, 'corpus')
  const { params, scale } = outputOf(given, 'reward')
  const scores = rewardScores(rewardModel(vocabulary, config.reward.model), engines.how)
  return E.right({ score: ensembleScore(scores, [{ params, scale }]), scale })
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { firstNames } from '../../rlhf/corpora/index.ts'
import { MOST_BYTES, readTexts } from '../../rlhf/readTexts.ts'
import { tokensOf, type TokenKind } from '../../rlhf/vocabulary.ts'
import * as file from '../../run/disk/file.ts'
import { pipelineDefaults, type PipelineConfig } from '../../run/rlhf/pipelineConfig.ts'
import { textsHash } from '../../run/rlhf/pipelineFolder.ts'
import { likingShort, usableTexts, usualLength, type SourceText } from '../../run/rlhf/source.ts'
import { fromFile, type Problem } from '../problem.ts'

/** The corpus that comes with the library. */
export const NAMES = 'names'

/** Texts to learn from, and what of the config follows from them. */
export interface GivenCorpus {
  readonly texts: readonly SourceText[]
  readonly settings: Pick<PipelineConfig, 'corpus' | 'samples'> & {
    readonly gold: NonNullable<PipelineConfig['gold']>
    readonly steps: number
  }
  /** texts that were left out, since they have rare tokens or are blank */
  readonly leftOut: number
}

/** Tokens that a vocabulary has at most, and tokens that a response has at most. */
const [MOST_TOKENS, LONGEST] = [2000, 100]
/** Texts that are held out at most. */
const HELD_OUT = 800
/** Steps of an environment in an update: about a response, within these bounds. */
const [FEWEST_STEPS, MOST_STEPS] = [8, 32]

const settled = (
  name: string,
  tokens: TokenKind,
  texts: readonly SourceText[],
): GivenCorpus['settings']['corpus'] => ({
  name: name.slice(-200),
  tokens,
  sha256: textsHash(texts),
  heldOut: Math.min(HELD_OUT, Math.floor(texts.length / 10)),
})

const names = (): TE.TaskEither<Problem, GivenCorpus> =>
  pipe(
    TE.tryCatch(firstNames, String),
    TE.flatMapEither(E.mapLeft(({ problem }) => problem)),
    TE.map(({ all, female }) => {
      const liked = new Set(female.filter((name) => /[aeiy]$/u.test(name)))
      const texts = all.map((text) => ({ text, liked: liked.has(text) }))
      return {
        texts,
        settings: {
          corpus: settled(NAMES, 'characters', texts),
          samples: pipelineDefaults.samples,
          gold: pipelineDefaults.gold,
          steps: pipelineDefaults.ppo.steps,
        },
        leftOut: 0,
      }
    }),
  )

const ofFile = (path: string, tokens: TokenKind): E.Either<Problem, GivenCorpus> =>
  pipe(
    fromFile(file.readGiven(path, MOST_BYTES)),
    E.flatMap((bytes) =>
      pipe(
        readTexts([bytes]),
        E.mapLeft(({ problem }) => `${path}: ${problem}`),
      ),
    ),
    E.flatMap((lines) => {
      const usable = usableTexts(tokens, lines, MOST_TOKENS)
      if (usable.length < 2)
        return E.left(
          `${path}: expected at least two lines that are not blank and use only the ${MOST_TOKENS} most frequent ${tokens}, got ${usable.length} of ${lines.length}${tokens === 'words' ? ': use shorter lines, or --chars' : ''}`,
        )
      const { texts, length } = likingShort(tokens, usable)
      const mean =
        usable.reduce((sum, text) => sum + tokensOf(tokens, text).length, 0) / usable.length
      return E.right({
        texts,
        settings: {
          corpus: settled(path, tokens, texts),
          samples: { ...pipelineDefaults.samples, longest: usualLength(tokens, usable, LONGEST) },
          gold: {
            ...pipelineDefaults.gold,
            length,
            perToken: 1 / Math.max(1, length),
          },
          steps: Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.ceil(mean + 1))),
        },
        leftOut: lines.length - usable.length,
      })
    }),
  )

/** The corpus that an argument names: `names`, or a file of UTF-8 text with a sequence a line. */
export const corpusOf = (
  argument: string,
  tokens: TokenKind,
): TE.TaskEither<Problem, GivenCorpus> =>
  argument === NAMES ? names() : TE.fromEither(ofFile(argument, tokens))

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decodeComparisons } from '../../rlhf/comparisonFile.ts'
import { corpus } from '../../rlhf/corpus.ts'
import { readTexts } from '../../rlhf/readTexts.ts'
import { scoreAll } from '../../rlhf/score.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import * as file from '../../run/disk/file.ts'
import { scoreOfText } from '../../run/rlhf/judges.ts'
import {
  ADAPTIVE_GAIN,
  checkPipelineConfig,
  ENTROPY_WITHOUT_KL,
  pipelineDefaults,
  type PipelineConfig,
} from '../../run/rlhf/pipelineConfig.ts'
import { comparisonsHash, readPipelineConfig, readSource } from '../../run/rlhf/pipelineFolder.ts'
import type { PipelineSource } from '../../run/rlhf/source.ts'
import { version } from '../../run/version.ts'
import { fromFile, type Problem } from '../problem.ts'
import { corpusOf, NAMES, type GivenCorpus } from './corpusFile.ts'
import { ownScore } from './ownScore.ts'
import type { RlhfChoices } from './rlhfArguments.ts'

/** A run that another one begins from. */
interface Base {
  readonly config: PipelineConfig
  readonly source: Omit<PipelineSource, 'score'>
}

/** A new run without its folder. */
export interface PreparedPipeline {
  readonly config: PipelineConfig
  readonly source: PipelineSource
  /** lines of the corpus that could not be used */
  readonly leftOut: number
}

const MOST_COMPARISONS = 67_108_864

const readBase = (folder: string | undefined): E.Either<Problem, Base | null> =>
  folder === undefined
    ? E.right(null)
    : pipe(
        fromFile(readPipelineConfig(folder)),
        E.bindTo('config'),
        E.bind('source', ({ config }) => fromFile(readSource(folder, config))),
      )

const givenCorpus = (
  { corpus: name, tokens }: RlhfChoices,
  base: Base | null,
): TE.TaskEither<Problem, GivenCorpus> => {
  if (base === null || name !== undefined) return corpusOf(name ?? NAMES, tokens ?? 'characters')
  const { config, source } = base
  return TE.right({
    texts: source.texts,
    settings: {
      corpus: config.corpus,
      samples: config.samples,
      gold: config.gold ?? pipelineDefaults.gold,
      steps: config.ppo.steps,
    },
    leftOut: 0,
  })
}

/** Lines of comparisons, each of which the vocabulary can write. */
const readComparisons = (
  path: string,
  vocabulary: Vocabulary,
): E.Either<Problem, readonly string[]> =>
  pipe(
    fromFile(file.readGiven(path, MOST_COMPARISONS)),
    E.flatMap((bytes) =>
      pipe(
        readTexts([bytes], MOST_COMPARISONS, 'comparisons'),
        E.tap((lines) => decodeComparisons(vocabulary)(lines)),
        E.mapLeft(({ problem }) => `${path}: ${problem}`),
      ),
    ),
  )

/** What says what is good: a file of comparisons, a module, or the hidden score. */
interface Judges {
  readonly config: Pick<PipelineConfig, 'gold' | 'comparisons' | 'score'>
  readonly source: Pick<PipelineSource, 'comparisons' | 'score'>
}

/** Texts that a function is tried on before anything is learned. */
const TRIED = 20

const byModule = (
  argument: string,
  vocabulary: Vocabulary,
  texts: PipelineSource['texts'],
): TE.TaskEither<Problem, Judges> =>
  pipe(
    ownScore(argument),
    TE.tapEither(({ score }) =>
      pipe(
        corpus(
          texts.slice(0, TRIED).map(({ text }) => text),
          { tokens: vocabulary.kind },
        ),
        E.flatMap(({ vocabulary: own, sequences }) =>
          scoreAll(own, scoreOfText(own, score), sequences),
        ),
        E.mapLeft(({ problem }): Problem => `${argument}: ${problem}`),
      ),
    ),
    TE.map(({ score, sha256 }) => ({
      config: { gold: null, comparisons: null, score: { sha256 } },
      source: { comparisons: null, score },
    })),
  )

const judgesOf = (
  { comparisons: path, reward }: RlhfChoices,
  base: Base | null,
  { texts, settings }: GivenCorpus,
  vocabulary: Vocabulary,
): TE.TaskEither<Problem, Judges> => {
  if (reward !== undefined) return byModule(reward, vocabulary, texts)
  const byFile = (lines: readonly string[]): Judges => ({
    config: { gold: null, comparisons: { sha256: comparisonsHash(lines) }, score: null },
    source: { comparisons: lines, score: null },
  })
  if (path !== undefined)
    return pipe(TE.fromEither(readComparisons(path, vocabulary)), TE.map(byFile))
  if (base !== null && base.config.score !== null)
    return TE.left(
      '--reward: expected the module that scored the first run, or --comparisons, got nothing: name one',
    )
  if (base !== null && base.source.comparisons !== null)
    return TE.right(byFile(base.source.comparisons))
  return TE.right({
    config: { gold: settings.gold, comparisons: null, score: null },
    source: { comparisons: null, score: null },
  })
}

const ppoOf = (
  { beta: given, targetKl, updates }: RlhfChoices,
  base: Base | null,
  steps: number,
): PipelineConfig['ppo'] => {
  const before = base?.config.ppo ?? pipelineDefaults.ppo
  // A controller multiplies β, and so cannot start from the 0 of another run.
  const beta =
    given === undefined && targetKl !== undefined && before.beta === 0
      ? pipelineDefaults.ppo.beta
      : given
  const chosen = {
    ...before,
    steps,
    updates: updates ?? before.updates,
    beta: beta ?? before.beta,
    adaptive:
      targetKl !== undefined
        ? { target: targetKl, gain: ADAPTIVE_GAIN }
        : beta !== undefined
          ? null
          : before.adaptive,
  }
  return {
    ...chosen,
    entropyCoef: beta === undefined ? before.entropyCoef : beta === 0 ? ENTROPY_WITHOUT_KL : 0,
  }
}

/** A run as the user chose it. */
export const prepare = (given: RlhfChoices): TE.TaskEither<Problem, PreparedPipeline> =>
  pipe(
    TE.fromEither(readBase(given.from)),
    TE.bindTo('base'),
    TE.bind('corpus', ({ base }) => givenCorpus(given, base)),
    TE.bind('vocabulary', ({ corpus: { texts, settings } }) =>
      TE.fromEither(
        pipe(
          corpus(
            texts.map(({ text }) => text),
            { tokens: settings.corpus.tokens },
          ),
          E.bimap(
            ({ problem }): Problem => `--corpus: ${problem}`,
            ({ vocabulary }) => vocabulary,
          ),
        ),
      ),
    ),
    TE.bind('judges', ({ base, corpus: found, vocabulary }) =>
      judgesOf(given, base, found, vocabulary),
    ),
    TE.flatMapEither(({ base, corpus: { texts, settings, leftOut }, judges }) =>
      pipe(
        checkPipelineConfig({
          format: 'proximal rlhf 1',
          version,
          seed: given.seed ?? base?.config.seed ?? 1,
          corpus: settings.corpus,
          model: base?.config.model ?? pipelineDefaults.model,
          fineTune: base?.config.fineTune ?? pipelineDefaults.fineTune,
          samples: settings.samples,
          ...judges.config,
          reward: base?.config.reward ?? pipelineDefaults.reward,
          ppo: ppoOf(given, base, settings.steps),
          evaluation: base?.config.evaluation ?? pipelineDefaults.evaluation,
        }),
        E.map((config) => ({ config, source: { texts, ...judges.source }, leftOut })),
      ),
    ),
  )

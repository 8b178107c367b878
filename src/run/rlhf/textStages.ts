import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isObject, parseJson } from '../../format/json.ts'
import { linesOf } from '../../format/lines.ts'
import { parseStrict } from '../../format/strictJson.ts'
import { groupsOf, rankByScore } from '../../rlhf/comparison.ts'
import { decodeComparisons, encodeComparisons } from '../../rlhf/comparisonFile.ts'
import { corpus, holdOut, type Corpus } from '../../rlhf/corpus.ts'
import { decode, encode } from '../../rlhf/encode.ts'
import { generate, type Generated } from '../../rlhf/generate.ts'
import { languageModel } from '../../rlhf/languageModel.ts'
import { vocabulary } from '../../rlhf/vocabulary.ts'
import { goldOf } from './judges.ts'
import {
  keyFor,
  outputOf,
  type Given,
  type Known,
  type Opened,
  type Outputs,
  type PipelineCorpus,
  type Stage,
} from './stage.ts'

/** A stage whose work is too short to be interrupted. */
export const atOnce = <Out>(work: () => Out): Opened<Out> => ({
  of: 1,
  unit: 'steps',
  run: () =>
    E.right(
      // oxlint-disable-next-line require-yield -- it has no moments
      (function* () {
        return work()
      })(),
    ),
  stop: () => Promise.resolve(),
})

/** Lines of bytes that end in a line feed; Left where they are none. */
const lines = (bytes: Uint8Array): E.Either<string, readonly string[]> =>
  E.tryCatch(
    () => [...linesOf([bytes])],
    (error) => (error as Error).message,
  )

const asBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const DAMAGED = 'expected JSON, got something else'

const areTexts = (u: unknown): u is readonly string[] =>
  Array.isArray(u) && u.every((text) => typeof text === 'string')

const split = (
  { config: { corpus: settings }, config }: Pick<Given, 'config'>,
  rows: number,
): { readonly train: readonly number[]; readonly heldOut: readonly number[] } =>
  holdOut(keyFor({ config }, 'corpus'), settings.heldOut)(Array.from({ length: rows }, (_, i) => i))

/** The sequences of all texts, parted. */
const parted = (given: Known, { vocabulary: own, sequences }: Corpus): PipelineCorpus => {
  const rows = split(given, sequences.length)
  const pick = (of: readonly number[]) => of.map((row) => sequences[row]!)
  return {
    vocabulary: own,
    train: pick(rows.train),
    heldOut: pick(rows.heldOut),
    liked: sequences.filter((_, row) => given.source.texts[row]!.liked),
  }
}

/** Cuts the texts into tokens, and holds some out. */
export const corpusStage: Stage<'corpus'> = {
  name: 'corpus',
  file: 'corpus.json',
  uses: [],
  settings: ({ corpus: { tokens, sha256, heldOut } }) => ({ tokens, sha256, heldOut }),
  open: (given) => {
    const { config, source } = given
    const { heldOut, tokens } = config.corpus
    const texts = source.texts.map(({ text }) => text)
    return Promise.resolve(
      pipe(
        corpus(texts, { tokens }),
        E.mapLeft(({ problem }) => problem),
        E.filterOrElse(
          ({ sequences }) => sequences.length === texts.length,
          ({ sequences }) =>
            `texts: expected ${texts.length} that are not blank, got ${sequences.length}`,
        ),
        E.filterOrElse(
          ({ sequences }) => sequences.length > heldOut,
          ({ sequences }) =>
            `texts: expected more than the ${heldOut} that are held out, got ${sequences.length}`,
        ),
        E.map((whole) => atOnce(() => parted(given, whole))),
      ),
    )
  },
  encode: ({ vocabulary: { kind, tokens } }, given) => {
    const { heldOut } = split(given, given.source.texts.length)
    return asBytes(`${JSON.stringify({ kind, tokens, heldOut })}\n`)
  },
  decode: (bytes, given) =>
    pipe(
      parseJson(bytes, DAMAGED),
      E.flatMap((json) => {
        const { kind, tokens } = isObject(json) ? json : {}
        return (kind === 'characters' || kind === 'words') && areTexts(tokens)
          ? E.right(vocabulary(kind, tokens))
          : E.left(DAMAGED)
      }),
      E.flatMap(E.mapLeft(({ problem }) => problem)),
      E.bindTo('vocabulary'),
      E.bind('sequences', ({ vocabulary: own }) =>
        pipe(
          encode(own)(given.source.texts.map(({ text }) => text)),
          E.mapLeft(({ problem }) => problem),
        ),
      ),
      E.filterOrElse(
        ({ sequences }) => sequences.length > given.config.corpus.heldOut,
        ({ sequences }) =>
          `heldOut: expected fewer than the ${sequences.length} texts, got ${given.config.corpus.heldOut}`,
      ),
      E.map((whole) => parted(given, whole)),
    ),
}

const LEVELS = 2

const readSample = (line: string): { readonly text: string; readonly ended: boolean } | null => {
  const parsed = parseStrict(line, LEVELS)
  const { text, ended } = E.isRight(parsed) && isObject(parsed.right) ? parsed.right : {}
  return typeof text === 'string' && typeof ended === 'boolean' ? { text, ended } : null
}

/** Lets the fine-tuned model write: what is compared, and what scores are standardised on. */
export const samplesStage: Stage<'samples'> = {
  name: 'samples',
  file: 'samples.jsonl',
  uses: ['corpus', 'sft'],
  settings: ({ samples, model }) => ({ samples, model }),
  open: (given) => {
    const { config, engines } = given
    const { vocabulary: own } = outputOf(given, 'corpus')
    const write = generate(languageModel(own, config.model), config.samples, engines.how)
    return Promise.resolve(
      E.right(atOnce(() => write(outputOf(given, 'sft'), keyFor(given, 'samples')))),
    )
  },
  encode: (samples, given) => {
    const write = decode(outputOf(given, 'corpus').vocabulary)
    return asBytes(
      samples
        .map(
          ({ tokens, isEnded }) => `${JSON.stringify({ text: write(tokens), ended: isEnded })}\n`,
        )
        .join(''),
    )
  },
  decode: (bytes, given) =>
    pipe(
      lines(bytes),
      E.flatMap((all) => {
        const read = all.map(readSample)
        const wrong = read.indexOf(null)
        return wrong < 0
          ? E.right(read.map((one) => one!))
          : E.left(`line ${wrong + 1}: expected a sample, got something else`)
      }),
      E.bindTo('read'),
      E.bind('tokens', ({ read }) =>
        pipe(
          encode(outputOf(given, 'corpus').vocabulary)(read.map(({ text }) => text)),
          E.mapLeft(({ problem }) => problem),
        ),
      ),
      E.map(({ read, tokens }) =>
        tokens.map((sequence, i): Generated => ({ tokens: sequence, isEnded: read[i]!.ended })),
      ),
    ),
}

const byGold = (
  given: Given,
  pairs: number,
  noise: number,
): E.Either<string, Outputs['comparisons']> => {
  const samples = outputOf(given, 'samples').map(({ tokens }) => tokens)
  const groups = groupsOf(2, samples).slice(0, pairs)
  return groups.length === 0
    ? E.left(
        'samples: expected two different, non-empty ones to compare, got none: learn from more texts, or for more epochs',
      )
    : pipe(
        goldOf(given),
        E.map(({ score }) => rankByScore(score, noise, keyFor(given, 'comparisons'), groups)),
      )
}

/** Pairs of samples, and which is better: by a hidden score, or by a file. */
export const comparisonsStage: Stage<'comparisons'> = {
  name: 'comparisons',
  file: 'comparisons.jsonl',
  uses: ['corpus', 'samples'],
  settings: ({ gold, comparisons }) => ({ gold, comparisons }),
  open: (given) => {
    const { config, source } = given
    const { gold } = config
    const ranked =
      gold === null
        ? pipe(
            decodeComparisons(outputOf(given, 'corpus').vocabulary)(source.comparisons ?? []),
            E.mapLeft(({ problem }) => `comparisons: ${problem}`),
            E.filterOrElse(
              (all) => all.length > 0,
              () => 'comparisons: expected at least one, got none',
            ),
          )
        : byGold(given, gold.pairs, gold.noise)
    return Promise.resolve(
      pipe(
        ranked,
        E.map((all) => atOnce(() => all)),
      ),
    )
  },
  encode: (comparisons, given) =>
    asBytes(encodeComparisons(outputOf(given, 'corpus').vocabulary)(comparisons)),
  decode: (bytes, given) =>
    pipe(
      lines(bytes),
      E.flatMap((all) =>
        pipe(
          decodeComparisons(outputOf(given, 'corpus').vocabulary)(all),
          E.mapLeft(({ problem }) => problem),
        ),
      ),
    ),
}

import * as E from 'fp-ts/lib/Either.js'
import { decodeComparisons } from '../../src/rlhf/comparisonFile.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { sha256Hex } from '../../src/run/hash.ts'
import { evaluationStage } from '../../src/run/rlhf/evaluationStage.ts'
import { sftStage } from '../../src/run/rlhf/fitStages.ts'
import { decodeLines, encodeLine, linked, type ChainLine } from '../../src/run/rlhf/lines.ts'
import {
  decodePipelineConfig,
  pipelineDefaults,
  type PipelineConfig,
} from '../../src/run/rlhf/pipelineConfig.ts'
import { decodeTexts, encodeTexts } from '../../src/run/rlhf/source.ts'
import type { Known, Measured, Outputs } from '../../src/run/rlhf/stage.ts'
import { corpusStage, samplesStage } from '../../src/run/rlhf/textStages.ts'
import { languageModel } from '../../src/rlhf/languageModel.ts'
import { key } from '../../src/random/index.ts'
import { mutateBytes } from './bytes.ts'
import type { Draw } from './draw.ts'
import { mutateJson } from './json.ts'
import { jsonSeed, textOf, utf8, type Seed } from './seed.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(String(either.left))
  return either.right
}

const texts = ['ab', 'abc', 'c', 'bc', 'cab'].map((text, i) => ({ text, liked: i % 2 === 0 }))

const config: PipelineConfig = {
  format: 'proximal rlhf 1',
  version: '0.1.0',
  seed: 3,
  ...pipelineDefaults,
  corpus: {
    name: 'tiny',
    tokens: 'characters',
    sha256: sha256Hex(utf8(encodeTexts(texts))),
    heldOut: 1,
  },
  model: { window: 2, embedding: 2, hidden: [3] },
  comparisons: null,
  score: null,
}

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const corpus: Outputs['corpus'] = {
  vocabulary: abc,
  train: [[0, 1]],
  heldOut: [[2]],
  liked: [[0, 1]],
}
const known: Known = {
  config,
  source: { texts, comparisons: null, score: null },
  outputs: { corpus },
}

const measured: Measured = {
  score: 1,
  gold: 2,
  own: null,
  kl: 0.5,
  perplexity: 3,
  length: 4,
  distinct1: 0.1,
  distinct2: 0.2,
}

const lines: readonly ChainLine[] = (() => {
  const hash = 'a'.repeat(64)
  const first = linked(hash, {
    stage: 'sft',
    step: 1,
    metrics: { loss: 1, nats: null },
    state: hash,
  })
  return [first, linked(first.link, { stage: 'sft', input: hash, output: hash })]
})()

/** Lines of JSON, of which a mutant has one that is another. */
const linesSeed = (
  format: string,
  text: string,
  decode: (lines: readonly string[]) => E.Either<unknown, unknown>,
): Seed => {
  const all = text.split('\n').slice(0, -1)
  return {
    format,
    name: 'tiny',
    bytes: utf8(text),
    decode: (bytes) =>
      decode(
        textOf(bytes)
          .split('\n')
          .filter((line) => line !== ''),
      ),
    within: (draw: Draw) => utf8(`${all[0]}\n${mutateJson(draw, all.at(-1)!)}\n`),
  }
}

/** Files that runs of `rlhf` and labels are read from. */
export const pipelineSeeds = (): readonly Seed[] => {
  const weights = sftStage.encode(languageModel(abc, config.model).init(key(1)), known)
  const samples = samplesStage.encode(
    [
      { tokens: [0, 1], isEnded: true },
      { tokens: [], isEnded: false },
    ],
    known,
  )
  const evaluation = evaluationStage.encode(
    { before: measured, after: measured, accuracy: 0.7, samples: [{ before: 'a', after: 'b' }] },
    known,
  )
  return [
    jsonSeed('rlhf config', 'tiny', utf8(JSON.stringify(config)), decodePipelineConfig),
    jsonSeed('rlhf corpus', 'tiny', corpusStage.encode(corpus, known), (bytes) =>
      corpusStage.decode(bytes, known),
    ),
    jsonSeed('rlhf evaluation', 'tiny', evaluation, (bytes) =>
      evaluationStage.decode(bytes, known),
    ),
    linesSeed('rlhf texts', encodeTexts(texts), decodeTexts),
    linesSeed('rlhf samples', textOf(samples), (all) =>
      samplesStage.decode(utf8(`${all.join('\n')}\n`), known),
    ),
    linesSeed('labels', '{"ranked":["ab","c"]}\n{"undone":["c","ab"]}\n', decodeComparisons(abc)),
    linesSeed('rlhf chain', lines.map(encodeLine).join(''), (all) =>
      E.right(decodeLines('a'.repeat(64), ['sft'], `${all.join('\n')}\n`)),
    ),
    {
      format: 'rlhf weights',
      name: 'tiny',
      bytes: weights,
      decode: (bytes) => sftStage.decode(bytes, known),
      within: (draw) => mutateBytes(draw, weights, weights),
    },
  ]
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { isObject, parseJson } from '../../format/json.ts'
import type { Sequence } from '../../rlhf/encode.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import * as file from '../disk/file.ts'
import { makeRoom } from '../folder/runFolder.ts'
import { inFile } from '../folder/runFiles.ts'
import { nodeSha256 } from '../nodeSha256.ts'
import { decodeLines, isEnd, type ChainLine } from './lines.ts'
import { pastStages } from './pastStages.ts'
import { decodePipelineConfig, type PipelineConfig } from './pipelineConfig.ts'
import { fileOf, firstLinkOf, readSamples, STAGES, type PastStages } from './runPipeline.ts'
import { decodeTexts, encodeTexts, type PipelineSource, type SourceText } from './source.ts'
import type { StageName } from './stage.ts'

type Result<A> = E.Either<file.FileError, A>

/** The files of a run of the stages, beside their outputs. */
export const PIPELINE_FILES = {
  config: 'config.json',
  texts: 'texts.jsonl',
  comparisons: 'given-comparisons.jsonl',
  chain: 'chain.jsonl',
  checkpoint: 'checkpoint.safetensors',
  labels: 'labels.jsonl',
  report: 'report.html',
} as const

/** No file of ours is larger: 256 MiB. */
export const MOST = 268_435_456
/** No config is larger. */
const MOST_CONFIG = 65_536

/** The path of a file of a run of the stages. */
export const pathOf = (folder: string, name: keyof typeof PIPELINE_FILES): string =>
  file.join(folder, PIPELINE_FILES[name])

export const sha256Of = (bytes: Uint8Array): string => bytesToHex(nodeSha256(bytes))

const asBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** SHA-256 of texts, as a config has it. */
export const textsHash = (texts: readonly SourceText[]): string =>
  sha256Of(asBytes(encodeTexts(texts)))

const comparisonsText = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join('')

/** SHA-256 of the lines of a file of comparisons, as a config has it. */
export const comparisonsHash = (lines: readonly string[]): string =>
  sha256Of(asBytes(comparisonsText(lines)))

/** Whether a folder holds a run of the stages, rather than of one algorithm or anything else. */
export const isPipeline = (folder: string): boolean =>
  pipe(
    file.readBytes(pathOf(folder, 'config'), MOST_CONFIG),
    E.mapLeft(({ problem }) => problem),
    E.flatMap((bytes) => parseJson(bytes, '')),
    E.exists(
      (json) =>
        isObject(json) &&
        typeof json['format'] === 'string' &&
        json['format'].startsWith('proximal rlhf '),
    ),
  )

/** A folder with the sources of a run, and then its config, which makes it a run. */
export const createPipeline = (
  folder: string,
  config: PipelineConfig,
  { texts, comparisons }: PipelineSource,
): Result<void> =>
  pipe(
    makeRoom(folder),
    E.flatMap(() => file.sweep(folder)),
    E.flatMap(() => file.writeNew(pathOf(folder, 'texts'), encodeTexts(texts))),
    E.flatMap(() =>
      comparisons === null
        ? E.right(undefined)
        : file.writeNew(pathOf(folder, 'comparisons'), comparisonsText(comparisons)),
    ),
    E.flatMap(() => file.replace(pathOf(folder, 'config'), `${JSON.stringify(config, null, 2)}\n`)),
  )

const readHashed = (path: string, expected: string): Result<string> =>
  pipe(
    file.readBytes(path, MOST),
    E.filterOrElse(
      (bytes) => sha256Of(bytes) === expected,
      (): file.FileError => ({
        path,
        problem: 'expected the file that the run started with, found another: restore the original',
      }),
    ),
    E.map((bytes) => new TextDecoder().decode(bytes)),
  )

const linesIn = (text: string): readonly string[] => {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

export const readPipelineConfig = (folder: string): Result<PipelineConfig> => {
  const path = pathOf(folder, 'config')
  return pipe(
    file.readBytes(path, MOST_CONFIG),
    E.flatMap((bytes) => inFile(path)(decodePipelineConfig(bytes))),
  )
}

/** The texts and comparisons that a run began with. */
export const readSource = (
  folder: string,
  config: PipelineConfig,
): Result<Omit<PipelineSource, 'score'>> =>
  pipe(
    E.Do,
    E.bind('texts', () =>
      pipe(
        readHashed(pathOf(folder, 'texts'), config.corpus.sha256),
        E.flatMap((text) => inFile(pathOf(folder, 'texts'))(decodeTexts(linesIn(text)))),
      ),
    ),
    E.bind('comparisons', () =>
      config.comparisons === null
        ? E.right(null)
        : pipe(
            readHashed(pathOf(folder, 'comparisons'), config.comparisons.sha256),
            E.map(linesIn),
          ),
    ),
  )

const readIfThere = (path: string): Result<Uint8Array | null> =>
  file.exists(path) ? file.readBytes(path, MOST) : E.right(null)

/**
 * The lines of a run's chain that follow from its config; none where it has not begun.
 *
 * @returns Left where not even the first line does: going on would replace the run by another
 */
export const readChain = (folder: string, config: PipelineConfig): Result<readonly ChainLine[]> =>
  pipe(
    readIfThere(pathOf(folder, 'chain')),
    E.map((bytes) => (bytes === null ? '' : new TextDecoder().decode(bytes))),
    E.bindTo('text'),
    E.let('lines', ({ text }) => decodeLines(firstLinkOf(config), STAGES, text)),
    E.filterOrElse(
      ({ text, lines }) => lines.length > 0 || !text.includes('\n'),
      (): file.FileError => ({
        path: pathOf(folder, 'chain'),
        problem: `expected lines that follow from ${PIPELINE_FILES.config}, got others: one of the two files was changed; restore the original`,
      }),
    ),
    E.map(({ lines }) => lines),
  )

/** The output of a stage as a file; null where there is none. */
export const readOutput = (folder: string, stage: StageName): Uint8Array | null =>
  pipe(
    file.readBytes(file.join(folder, fileOf(stage)), MOST),
    E.getOrElseW(() => null),
  )

/** What a folder has of the stages of a run. */
export const pastIn = (folder: string, lines: readonly ChainLine[]): PastStages =>
  pastStages(
    lines,
    (stage) => readOutput(folder, stage),
    pipe(
      file.readBytes(pathOf(folder, 'checkpoint'), MOST),
      E.getOrElseW(() => null),
    ),
    sha256Of,
  )

/** Left where a line of the chain cannot be read, or does not follow from the lines before. */
const expectRead = (folder: string, lines: readonly ChainLine[]): Result<void> => {
  const path = pathOf(folder, 'chain')
  return pipe(
    readIfThere(path),
    E.flatMap((bytes) => {
      // A kill may leave a part of a line at the end.
      const text = bytes === null ? '' : new TextDecoder().decode(bytes)
      const rows = linesIn(text.slice(0, text.lastIndexOf('\n') + 1)).length
      return rows === lines.length
        ? E.right(undefined)
        : E.left({
            path,
            problem: `line ${lines.length + 1}: expected one that follows from the lines before, got another: the file was changed; restore the original`,
          })
    }),
  )
}

/** Left unless every output is the one that the chain names, and the chain is whole. */
export const expectWhole = (
  folder: string,
  stages: readonly StageName[],
  lines: readonly ChainLine[],
): Result<void> =>
  pipe(
    expectRead(folder, lines),
    E.flatMap(() => expectStages(folder, stages, lines)),
  )

/** Left unless these stages have ended, and their outputs are those that the chain names. */
const expectStages = (
  folder: string,
  stages: readonly StageName[],
  lines: readonly ChainLine[],
): Result<void> => {
  for (const stage of stages) {
    const end = lines.find((line) => line.stage === stage && isEnd(line))
    if (end === undefined || !isEnd(end))
      return E.left({
        path: folder,
        problem: `has not finished: ${stage} remains: continue with proximal rlhf --resume ${folder}`,
      })
    const path = file.join(folder, fileOf(stage))
    const found = file.readBytes(path, MOST)
    if (E.isLeft(found)) return found
    if (sha256Of(found.right) !== end.output)
      return E.left({
        path,
        problem: `expected SHA-256 ${end.output.slice(0, 12)}…, got another: it was changed after the run; restore the original`,
      })
  }
  return E.right(undefined)
}

/** The samples of a run that are there to be compared, in order, and the vocabulary that they are of. */
export const samplesIn = (
  folder: string,
): Result<{ readonly vocabulary: Vocabulary; readonly samples: readonly Sequence[] }> =>
  pipe(
    readPipelineConfig(folder),
    E.bindTo('config'),
    E.bind('source', ({ config }) => readSource(folder, config)),
    E.bind('lines', ({ config }) => readChain(folder, config)),
    E.tap(({ lines }) => expectStages(folder, ['corpus', 'samples'], lines)),
    E.flatMap(({ config, source }) =>
      pipe(
        readSamples(config, source, (stage) => readOutput(folder, stage)!),
        E.mapLeft((problem): file.FileError => ({ path: folder, problem })),
      ),
    ),
  )

/** Writes the report, in the place of an earlier one. */
export const writeReport = (folder: string, html: string): Result<void> =>
  file.replace(pathOf(folder, 'report'), html)

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { isObject, parseJson } from '../../format/json.ts'
import * as file from '../disk/file.ts'
import type { Appender } from '../disk/files.ts'
import { makeRoom } from '../folder/runFolder.ts'
import { inFile } from '../folder/runFiles.ts'
import { nodeSha256 } from '../nodeSha256.ts'
import { decodeLines, encodeLine, isEnd, type ChainLine } from './lines.ts'
import { pastStages } from './pastStages.ts'
import { decodePipelineConfig, type PipelineConfig } from './pipelineConfig.ts'
import { fileOf, firstLinkOf, STAGES, type PastStages } from './runPipeline.ts'
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
const MOST = 268_435_456
/** No config is larger. */
const MOST_CONFIG = 65_536

const pathOf = (folder: string, name: keyof typeof PIPELINE_FILES): string =>
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
        problem: 'expected the file that the run began with, found another: put the original back',
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

/** The lines of a run's chain that follow from its config; none where it has not begun. */
export const readChain = (folder: string, config: PipelineConfig): Result<readonly ChainLine[]> =>
  pipe(
    readIfThere(pathOf(folder, 'chain')),
    E.map((bytes) =>
      bytes === null
        ? []
        : decodeLines(firstLinkOf(config), STAGES, new TextDecoder().decode(bytes)),
    ),
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

/** Left unless every output is the one that the chain names, and the chain is whole. */
export const expectWhole = (
  folder: string,
  stages: readonly StageName[],
  lines: readonly ChainLine[],
): Result<void> => {
  for (const stage of stages) {
    const end = lines.find((line) => line.stage === stage && isEnd(line))
    if (end === undefined || !isEnd(end))
      return E.left({
        path: folder,
        problem: `has not ended: ${stage} is to be done: go on with proximal rlhf --resume`,
      })
    const path = file.join(folder, fileOf(stage))
    const found = file.readBytes(path, MOST)
    if (E.isLeft(found)) return found
    if (sha256Of(found.right) !== end.output)
      return E.left({
        path,
        problem: `expected SHA-256 ${end.output.slice(0, 12)}…, got another: it was changed after the run, put the original back`,
      })
  }
  return E.right(undefined)
}

/** Writes what happens in a run to its folder. */
export interface PipelineJournal {
  /** Adds a line, unless the file has it at this place; what the file has instead is cut off. */
  readonly add: (line: ChainLine) => Result<void>
  /** Writes the output of a stage and its line; both are on the disk when this returns. */
  readonly finish: (line: ChainLine, output: Uint8Array) => Result<void>
  /** Keeps a state to go on from; it is on the disk when this returns. */
  readonly keep: (state: Uint8Array) => Result<void>
  readonly close: () => Result<void>
}

/** Opens the journal of a run, whose chain has these lines. */
export const openPipelineJournal = (
  folder: string,
  lines: readonly ChainLine[],
): Result<PipelineJournal> => {
  const path = pathOf(folder, 'chain')
  let at = 0
  let bytes = 0
  let isCut = false
  const cut = (appender: Appender): Result<void> => {
    if (isCut) return E.right(undefined)
    isCut = true
    return appender.truncate(bytes)
  }
  return pipe(
    file.sweep(folder),
    E.flatMap(() => file.openToAppend(path)),
    E.map((appender): PipelineJournal => {
      const add = (line: ChainLine): Result<void> => {
        const text = asBytes(encodeLine(line))
        const isThere = !isCut && lines[at]?.link === line.link
        at++
        if (isThere) {
          bytes += text.length
          return E.right(undefined)
        }
        return pipe(
          cut(appender),
          E.flatMap(() => appender.write(text)),
        )
      }
      return {
        add,
        finish: (line, output) => {
          const to = file.join(folder, fileOf(line.stage))
          const isSame = pipe(
            file.readBytes(to, MOST),
            E.exists((found) => sha256Of(found) === sha256Of(output)),
          )
          return pipe(
            isSame ? E.right(undefined) : file.replace(to, output),
            E.flatMap(() => add(line)),
            E.flatMap(() => file.sync(path)),
          )
        },
        keep: (state) =>
          pipe(
            file.sync(path),
            E.flatMap(() => file.replace(pathOf(folder, 'checkpoint'), state)),
          ),
        close: appender.close,
      }
    }),
  )
}

/** Writes the report, in the place of an earlier one. */
export const writeReport = (folder: string, html: string): Result<void> =>
  file.replace(pathOf(folder, 'report'), html)

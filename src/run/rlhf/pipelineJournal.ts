import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as file from '../disk/file.ts'
import type { Appender } from '../disk/files.ts'
import { encodeLine, type ChainLine } from './lines.ts'
import { MOST, pathOf, sha256Of } from './pipelineFolder.ts'
import { fileOf } from './runPipeline.ts'

type Result<A> = E.Either<file.FileError, A>

/** Writes what happens in a run to its folder. */
export interface PipelineJournal {
  /** Adds a line, unless the file has it at this place; what the file has instead is cut off. */
  readonly add: (line: ChainLine) => Result<void>
  /** Writes the output of a stage and its line; both are on the disk when this returns. */
  readonly finish: (line: ChainLine, output: Uint8Array) => Result<void>
  /** Keeps a state to continue from; it is on the disk when this returns. */
  readonly keep: (state: Uint8Array) => Result<void>
  /** Cuts off what follows the lines that were added, once there are as many as there were, and closes the file. */
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
        const text = new TextEncoder().encode(encodeLine(line))
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
        close: () => {
          const rest = at > 0 && at >= lines.length ? cut(appender) : E.right(undefined)
          const closed = appender.close()
          return E.isLeft(rest) ? rest : closed
        },
      }
    }),
  )
}

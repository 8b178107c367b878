import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as file from '../disk/file.ts'
import type { Appender } from '../disk/files.ts'
import { linkBytes } from '../links.ts'
import { runningSha256, type RunningSha256 } from '../nodeSha256.ts'
import { pathIn } from './runFiles.ts'

type Result<A> = E.Either<file.FileError, A>

/** Length of a growing file, and its SHA-256 in lower-case hexadecimal. */
export interface Written {
  readonly bytes: number
  readonly sha256: string
}

/** The state on disk of the two growing files of a run, metrics.jsonl and chain. */
export interface WrittenFiles {
  readonly metrics: Written
  readonly chain: Written
}

/** Length of a growing file, and a running SHA-256 of its content. */
export interface Grown {
  readonly bytes: number
  readonly sha256: RunningSha256
}

/** What the growing files of a run hold when it starts or resumes. */
export interface Past {
  readonly metrics: Grown
  readonly chain: Grown
}

/** The past of a new run: empty files. */
export const noPast = (): Past => ({
  metrics: { bytes: 0, sha256: runningSha256() },
  chain: { bytes: 0, sha256: runningSha256() },
})

/** Appends to the growing files of a run. */
export interface Journal {
  /** Buffers the metrics line and the link of an update. */
  readonly add: (line: string, link: string) => void
  /** Writes what is buffered. After a failure it stays buffered, to try again or to `cut`. */
  readonly flush: () => Result<void>
  /** Drops everything after the last successful flush, from memory and from the files. */
  readonly cut: () => Result<void>
  /** The content of the files as of the last successful flush. */
  readonly written: () => WrittenFiles
  readonly close: () => Result<void>
}

interface Growing {
  readonly appender: Appender
  readonly sha256: RunningSha256
  bytes: number
}

const hold = (run: string, name: 'metrics' | 'chain', past: Past): Result<Growing> =>
  pipe(
    file.openToAppend(pathIn(run, name)),
    E.map((appender): Growing => ({ appender, ...past[name] })),
  )

const writtenOf = ({ bytes, sha256 }: Growing): Written => ({ bytes, sha256: sha256.hex() })

/** Opens the growing files of a run, which must hold what `past` says; creates them if missing. */
export const openJournal = (run: string, past: Past): Result<Journal> =>
  pipe(
    E.Do,
    E.bind('metrics', () => hold(run, 'metrics', past)),
    E.bind('chain', () => hold(run, 'chain', past)),
    E.map(({ metrics, chain }): Journal => {
      let lines: string[] = []
      let links: string[] = []
      /** whether the files may hold part of what is buffered */
      let isTorn = false
      const mend = (): Result<void> =>
        pipe(
          metrics.appender.truncate(metrics.bytes),
          E.flatMap(() => chain.appender.truncate(chain.bytes)),
          E.map(() => {
            isTorn = false
          }),
        )
      const forget = (): void => {
        lines = []
        links = []
      }
      return {
        add: (line, link) => {
          lines.push(line)
          links.push(link)
        },
        flush: () => {
          if (links.length === 0) return E.right(undefined)
          const added = [
            [metrics, new TextEncoder().encode(lines.join(''))],
            [chain, linkBytes(links)],
          ] as const
          const mended = isTorn ? mend() : E.right(undefined)
          if (E.isLeft(mended)) return mended
          isTorn = true
          for (const [{ appender }, bytes] of added) {
            const result = appender.write(bytes)
            if (E.isLeft(result)) return result
          }
          isTorn = false
          for (const [growing, bytes] of added) {
            growing.bytes += bytes.length
            growing.sha256.add(bytes)
          }
          forget()
          return E.right(undefined)
        },
        cut: () => {
          forget()
          return isTorn ? mend() : E.right(undefined)
        },
        written: () => ({ metrics: writtenOf(metrics), chain: writtenOf(chain) }),
        close: () =>
          pipe(
            metrics.appender.close(),
            E.flatMap(() => chain.appender.close()),
          ),
      }
    }),
  )

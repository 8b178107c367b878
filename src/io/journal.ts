import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as file from './file.ts'
import type { Appender } from './files.ts'
import { linkBytes } from './links.ts'
import { runningSha256, type RunningSha256 } from './nodeSha256.ts'
import { FILES } from './run.ts'

type Result<A> = E.Either<file.FileError, A>

/** How much a file holds that grows with a run, and the hash of it in lower-case hexadecimal. */
export interface Written {
  readonly bytes: number
  readonly sha256: string
}

/** What the two files hold that grow with a run: metrics.jsonl and chain. */
export interface WrittenFiles {
  readonly metrics: Written
  readonly chain: Written
}

/** How far a growing file is, and the hash that goes on from there. */
export interface Grown {
  readonly bytes: number
  readonly sha256: RunningSha256
}

/** What a run has told before. */
export interface Past {
  readonly metrics: Grown
  readonly chain: Grown
}

/** That of a run that begins. */
export const noPast = (): Past => ({
  metrics: { bytes: 0, sha256: runningSha256() },
  chain: { bytes: 0, sha256: runningSha256() },
})

/** What a run writes down as it learns. */
export interface Journal {
  /** Adds an update's line and its link. They are in memory until the next flush. */
  readonly add: (line: string, link: string) => void
  /** Writes what was added. Where that fails it stays in memory, for another try or for `cut`. */
  readonly flush: () => Result<void>
  /** Drops, from memory and from the files, what came after the last flush that was whole. */
  readonly cut: () => Result<void>
  /** What the files held after the last flush that was whole. */
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
    file.openToAppend(file.join(run, FILES[name])),
    E.map((appender): Growing => ({ appender, ...past[name] })),
  )

const writtenOf = ({ bytes, sha256 }: Growing): Written => ({ bytes, sha256: sha256.hex() })

/** Opens the growing files of a run, which hold as much as `past` says; new ones if there are none. */
export const openJournal = (run: string, past: Past): Result<Journal> =>
  pipe(
    E.Do,
    E.bind('metrics', () => hold(run, 'metrics', past)),
    E.bind('chain', () => hold(run, 'chain', past)),
    E.map(({ metrics, chain }): Journal => {
      let lines: string[] = []
      let links: string[] = []
      /** whether the files may hold a part of what is in memory */
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

import { setImmediate } from 'node:timers/promises'
import { printable, printableLines } from '../tensor/printable.ts'
import type { Problem } from './problem.ts'

/** The streams through which a command talks to its user; `process` has them. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** Reports at the end of a command whether all of its output was written. */
export interface Output {
  /** Flushes stdout, and returns why some of the output was lost, or null. */
  readonly ended: () => Promise<Problem | null>
}

const REASONS: { readonly [code: string]: string } = {
  EPIPE: 'its reader closed first',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is exceeded',
  EIO: 'the terminal or device is gone',
}

/**
 * Keeps a write error on stdout or stderr from ending the process: training continues and is saved, and
 * the command reports lost output when it ends.
 */
export const watchOutput = ({ stdout, stderr }: Omit<Streams, 'stdin'>): Output => {
  let first: NodeJS.ErrnoException | null = null
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    first ??= error
  })
  // There is nowhere left to say so.
  stderr.on('error', () => undefined)
  return {
    ended: async () => {
      // Wait for pending writes; an error is emitted after the callback of its write.
      if (stdout.writableLength > 0)
        await new Promise<void>((resolve) => {
          stdout.write('', () => resolve())
        })
      await setImmediate()
      if (first === null) return null
      const { code = '', message } = first
      return `stdout: not everything was written: ${REASONS[code] ?? message}; the command did all other work`
    },
  }
}

/** Writes text, with every character escaped that is neither printable nor a line feed. */
export const write = (stream: NodeJS.WritableStream, text: string): void => {
  stream.write(printableLines(text))
}

/** A number in JSON as metrics.jsonl has it: −∞ is `"-Infinity"`, and NaN null. */
export const asJson = (x: number): number | string | null =>
  Number.isNaN(x) ? null : Number.isFinite(x) ? x : x < 0 ? '-Infinity' : 'Infinity'

/** Moves to the start of a terminal's line and erases it. */
export const clearLine = (stream: NodeJS.WriteStream): void => {
  stream.write('\r\u001b[K')
}

/** Writes one line of JSON, with control characters escaped. */
export const writeJson = (stream: NodeJS.WritableStream, value: unknown): void => {
  stream.write(`${printable(JSON.stringify(value))}\n`)
}

/**
 * Ends the process when stderr has everything. The module of an environment may have left timers or
 * sockets open, which would keep the process.
 */
export const exitWhenWritten = (): void => {
  process.stderr.write('', () => process.exit())
}

import { setImmediate } from 'node:timers/promises'
import { printable, printableLines } from '../tensor/printable.ts'
import type { Problem } from './problem.ts'

/** Whether everything that a command printed has arrived. */
export interface Output {
  /** Waits for what was printed; what kept some of it from arriving, or null. */
  readonly ended: () => Promise<Problem | null>
}

const REASONS: { readonly [code: string]: string } = {
  EPIPE: 'whatever read it ended first',
  ENOSPC: 'no space is left where it goes',
  EDQUOT: 'no space is left where it goes',
  EIO: 'the terminal or the device is gone',
}

/**
 * Keeps a stream that cannot be written to from ending the process: work worth hours goes on and is
 * kept, and the command says at its end that not everything arrived.
 */
export const watchOutput = (stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output => {
  let first: NodeJS.ErrnoException | null = null
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    first ??= error
  })
  // There is nowhere left to say so.
  stderr.on('error', () => undefined)
  return {
    ended: async () => {
      // What is still to be written is waited for; an error is told a moment after its write.
      if (stdout.writableLength > 0)
        await new Promise<void>((resolve) => {
          stdout.write('', () => resolve())
        })
      await setImmediate()
      if (first === null) return null
      const { code = '', message } = first
      return `stdout: not everything was written: ${REASONS[code] ?? message}; all other work was done`
    },
  }
}

/** Writes text. Whatever it repeats of a file, a terminal is sent characters and ends of lines. */
export const write = (stream: NodeJS.WritableStream, text: string): void => {
  stream.write(printableLines(text))
}

/** A line of JSON on stdout, for machines: no character in it means anything to a terminal. */
export const writeJson = (value: unknown): void => {
  process.stdout.write(`${printable(JSON.stringify(value))}\n`)
}

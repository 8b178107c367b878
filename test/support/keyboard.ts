import { PassThrough } from 'node:stream'
import { run } from '../../src/cli/run.ts'
import type { Streams } from '../../src/cli/output.ts'

/** Runs a command on a terminal with a keyboard, on which somebody presses these keys. */
export const pressing = async (keys: string, args: readonly string[]) => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  let isRaw = false
  const terminal = {
    isTTY: true,
    get isRaw() {
      return isRaw
    },
    setRawMode: (raw: boolean) => {
      isRaw = raw
    },
  }
  const shown = { stdout: '', stderr: '' }
  stdout.on('data', (text: Buffer) => (shown.stdout += text.toString()))
  stderr.on('data', (text: Buffer) => (shown.stderr += text.toString()))
  const streams = {
    stdin: Object.defineProperties(stdin, Object.getOwnPropertyDescriptors(terminal)),
    stdout: Object.assign(stdout, { isTTY: true, columns: 80 }),
    stderr,
  } as unknown as Streams
  stdin.write(keys)
  const code = await run(args, streams)
  return { code, ...shown, isRaw }
}

import * as E from 'fp-ts/lib/Either.js'
import { version } from '../run/version.ts'
import { commands } from './commands.ts'
import { watchOutput, write, writeJson, type Streams } from './output.ts'
import { messageOf, notOneOf, type Problem } from './problem.ts'

/** Whether a program reads the output. */
const isForPrograms = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes('--json')
}

const isHelp = (arg: string): boolean => arg === '--help' || arg === '-h'

const dispatch = async (
  [name, ...args]: readonly string[],
  streams: Streams,
): Promise<E.Either<Problem, number>> => {
  if (name === '--version') {
    write(streams.stdout, `${version}\n`)
    return E.right(0)
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load !== undefined) {
    const { command } = await load()
    if (!args.some(isHelp)) return command.run(args, streams)()
    write(streams.stdout, (await import('./help.ts')).commandHelp(command))
    return E.right(0)
  }
  if (name === undefined || name === 'help' || [name, ...args].some(isHelp)) {
    write(streams.stdout, await (await import('./help.ts')).overview())
    return E.right(name === undefined ? 2 : 0)
  }
  return E.left(notOneOf('command', name, Object.keys(commands)))
}

/**
 * Runs the command line: the result goes to stdout, and what is wrong to stderr; with `--json`, what is
 * wrong goes to stdout as well, as `{"error":"…","exitCode":2}`.
 *
 * @param args the arguments after the program's name
 * @returns the exit code
 */
export const run = async (args: readonly string[], streams: Streams): Promise<number> => {
  const output = watchOutput(streams)
  const complain = (problem: Problem): void => {
    for (const line of problem.split('\n')) write(streams.stderr, `proximal: ${line}\n`)
  }
  const result = await dispatch(args, streams).catch((error: unknown) => E.left(messageOf(error)))
  if (E.isLeft(result)) {
    complain(result.left)
    if (isForPrograms(args)) writeJson(streams.stdout, { error: result.left, exitCode: 2 })
  }
  const unwritten = await output.ended()
  if (unwritten !== null) complain(unwritten)
  const code = E.isLeft(result) ? 2 : result.right
  return code === 0 && unwritten !== null ? 2 : code
}

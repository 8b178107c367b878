import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { parseOptions, type Given, type Options } from './options.ts'
import type { Streams } from './output.ts'
import type { Problem } from './problem.ts'

/** A command: its help, its options and its function. */
export interface Command {
  readonly name: string
  /** its section of the help, indented by two spaces */
  readonly usage: string
  /** a complete, working command line */
  readonly example: string
  readonly options: Options
  /** Runs the command with the arguments after its name, and returns the exit code. */
  readonly run: (args: readonly string[], streams: Streams) => TE.TaskEither<Problem, number>
}

/** A command whose arguments are parsed before it runs. */
export const defineCommand = <const O extends Options>({
  positionals,
  run,
  ...command
}: Pick<Command, 'name' | 'usage' | 'example'> & {
  readonly options: O
  /** the names of the positional arguments, as in `<run>` */
  readonly positionals: (given: Given<O>) => readonly string[]
  readonly run: (given: Given<O>, streams: Streams) => TE.TaskEither<Problem, number>
}): Command => ({
  ...command,
  run: (args, streams) =>
    pipe(
      parseOptions(args, command.options, positionals),
      TE.fromEither,
      TE.flatMap((given) => run(given, streams)),
    ),
})

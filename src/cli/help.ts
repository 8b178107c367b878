import { builtIns } from '../builtin/index.ts'
import { version } from '../run/version.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { wrap } from './text.ts'

const ENVIRONMENTS = `environments: ${wrap(Object.keys(builtIns).join(', '), 100, 14)};
              or a custom one: a module such as ./my-game.js, or ./my-game.js#name for an export
  --env MODULE            the module, for commands that read a run of a custom environment
  --allow-changed-env     continue although the module's file has changed since the run
`

/** The first lines of a command's help: what it does. */
const purposeOf = ({ usage }: Command): string => usage.slice(0, usage.search(/^ {4}--/m))

/** The help for all commands. */
export const overview = async (): Promise<string> => {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()))
  return `proximal ${version}: PPO with identical bits everywhere

${loaded.map(({ command }) => purposeOf(command)).join('')}
proximal <command> --help shows the options of a command and an example

${ENVIRONMENTS}exit codes: 0 success; 1 a replay that differs; 2 a wrong argument or file, a run that
            ended with a fault (what it learned is kept), or output that could not be
            written; 130 interrupted and kept
`
}

/** The help for one command. */
export const commandHelp = ({ usage, example, options }: Command): string =>
  `${usage}\n  example: ${example}\n${'env' in options ? `\n${ENVIRONMENTS}` : ''}`

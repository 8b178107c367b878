#!/usr/bin/env node
import * as E from 'fp-ts/lib/Either.js'
import { presets } from '../algo/ppo/presets.ts'
import { worlds } from '../env/worlds.ts'
import { version } from '../run/version.ts'
import { BACKENDS } from './engine.ts'
import { showBackends } from './backends.ts'
import { evalRun } from './eval.ts'
import { exportRun, formatNames } from './export.ts'
import { showPresets } from './presets.ts'
import { fork } from './fork.ts'
import { uncaught } from './watchProcess.ts'
import { exitWhenWritten, watchOutput, write } from './output.ts'
import { messageOf, notOneOf, type Problem } from './problem.ts'
import { replay } from './replay.ts'
import { train } from './train.ts'
import { watch } from './watch.ts'

/** Words in lines of up to 100 characters, those after the first one indented. */
const listed = (words: readonly string[], indent: number, last = ''): string => {
  const lines = ['']
  words.forEach((word, i) => {
    const more = `${word}${i < words.length - 1 ? ', ' : last}`
    if (indent + lines.at(-1)!.length + more.trimEnd().length > 100) lines.push('')
    lines.push(lines.pop()! + more)
  })
  return lines.map((line) => line.trimEnd()).join(`\n${' '.repeat(indent)}`)
}

const HELP = `proximal ${version}: PPO with the same bits everywhere

  proximal train <env>    train a policy and write a run folder
    --steps N             environment steps (the preset's)
    --seed S              seed of everything random (1)
    --preset NAME         ${listed(Object.keys(presets), 26, " (the environment's own)")}
    --set key=value       change one field of the preset, as often as needed
    --out DIR             the run folder, a new one (runs/<env>-seed<S>)
    --threads N           threads to learn with (as many as cores, and no more than shards)
    --backend NAME        ${listed(BACKENDS, 26)}
                          (auto: the fastest of js and wasm, which give the same bits)
    --checkpoint-every E  keep the whole state every 10 (updates) or 60s, or at the end: never (60s)
    --tensorboard         write TensorBoard's event file into the run folder while training
    --resume RUN          instead of <env>: go on where a run was ended, to the same bits
    --budget BUDGET       with --resume
    --json                one JSON object as the last line of stdout
  proximal fork <run>     the same past, another future: a run of its own
    --at UPDATE           after which update
    --steps N, --set key=value, --out DIR, and as for train
    --budget BUDGET
  proximal eval <run>     play episodes with the final policy; eval, watch and export use
                          the newest checkpoint of a run that has not ended
    --episodes N          how many (100)
    --seed S              seed of the worlds (0)
    --sample              sample actions instead of taking the most probable
    --budget BUDGET, --json
  proximal replay <run>   run it again and compare every update, to the bit;
                          of a run folder, or of a certificate
    --certificate FILE    write what was the same into one file that verifies anywhere
    --budget BUDGET       refuse more work than this: a time on a laptop (90s, 10min, 3h, 2d),
                          memory (512MiB, 4GiB), both (3h,4GiB), or none (10min,2GiB)
    --threads N, --backend NAME, --json
  proximal export <run>   write a run in a form that others read
    --to FORMAT           ${listed(formatNames, 26)}
    --out DIR             the folder for the files, none of which may be there (<run>/export)
    --budget BUDGET, --json
  proximal watch <run>    see an episode of the final policy, or of an action log
    --episode N           which one (0)
    --seed S, --sample    as for eval
    --record FILE         write it as an action log
    --save FILE           write it as a film, .svg or .png
    --frames N            of the film, from its start (600)
    --speed X             how fast (1)
    --budget BUDGET, --json
  proximal presets        the names of all; with a name, its fields
    --diff A B            where two of them differ
    --json
  proximal backends       what this machine has to multiply matrices with, and how fast it is
    --json

environments: ${listed(Object.keys(worlds), 14)};
              or your own: a module, such as ./my-game.js, or ./my-game.js#name for an export
  --env MODULE            the module again, for commands that read a run of your environment
  --allow-changed-env     continue although the module's file has changed since the run
exit codes: 0 done, 1 a replay that differs, 2 a wrong argument or file, or a run
            that a fault ended (what was learned is kept), or output that could not be
            written, 130 interrupted and kept
`

const commands: {
  readonly [name: string]: (
    args: readonly string[],
  ) => E.Either<Problem, number> | Promise<E.Either<Problem, number>>
} = {
  train,
  fork,
  eval: evalRun,
  replay,
  watch,
  export: exportRun,
  presets: showPresets,
  backends: showBackends,
}

const main = async ([name, ...args]: readonly string[]): Promise<E.Either<Problem, number>> => {
  if (
    name === undefined ||
    name === 'help' ||
    [name, ...args].some((x) => x === '--help' || x === '-h')
  ) {
    write(process.stdout, HELP)
    return E.right(name === undefined ? 2 : 0)
  }
  if (name === '--version') {
    write(process.stdout, `${version}\n`)
    return E.right(0)
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  return command === undefined
    ? E.left(notOneOf('command', name, Object.keys(commands)))
    : command(args)
}

// Without it, the process would print a stack as it is and end with the code of a replay that differs.
process.on('uncaughtException', (error: unknown) => {
  // A run that learns listens as well, keeps what it has, and ends by itself.
  if (process.listenerCount('uncaughtException') > 1) return
  write(process.stderr, `proximal: ${uncaught(error)}\n`)
  process.exit(2)
})

const output = watchOutput(process.stdout, process.stderr)
const result = await main(process.argv.slice(2)).catch((error: unknown) =>
  E.left<Problem>(messageOf(error)),
)
if (E.isLeft(result))
  for (const line of result.left.split('\n')) write(process.stderr, `proximal: ${line}\n`)
const unwritten = await output.ended()
if (unwritten !== null) write(process.stderr, `proximal: ${unwritten}\n`)
const code = E.isLeft(result) ? 2 : result.right
process.exitCode = code === 0 && unwritten !== null ? 2 : code
exitWhenWritten()

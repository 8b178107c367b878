/**
 * Runs readers on mutated folders, one case after the other, each told of before it begins: who
 * started it watches for cases that do not end.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { command as evalRun } from '../../../src/cli/command/eval.ts'
import { command as exportRun } from '../../../src/cli/command/export.ts'
import { command as fork } from '../../../src/cli/command/fork.ts'
import { command as replay } from '../../../src/cli/command/replay.ts'
import { command as train } from '../../../src/cli/command/train.ts'
import { command as watch } from '../../../src/cli/command/watch.ts'
import type { Command } from '../../../src/cli/command.ts'
import { files } from '../../../src/run/storage/files.ts'
import { printable } from '../../../src/tensor/printable.ts'
import { drawOf, type Draw } from '../draw.ts'
import { contentOf, makeOutside, makeRuns, placeIn, type Place } from './made.ts'
import { mutateFolder } from './mutate.ts'

/** What is heard of a case. */
export type Said =
  | { readonly kind: 'ready' }
  | { readonly kind: 'begun'; readonly one: number; readonly what: string }
  | {
      readonly kind: 'ended'
      readonly one: number
      readonly what: string
      readonly answer: 'left' | 'right'
      readonly milliseconds: number
      readonly rss: number
      readonly problem: string | null
    }
  | { readonly kind: 'done' }

const say = (said: Said): void => {
  process.send!(said)
}

const [root, seedText, fromText, toText] = process.argv.slice(2)
const [seed, from, to] = [Number(seedText), Number(fromText), Number(toText)]
const runs = join(root!, 'runs')

type Reader = (
  place: Place,
  draw: Draw,
) => Promise<E.Either<unknown, unknown>> | E.Either<unknown, unknown>

const formats = [
  'onnx',
  'tensorboard',
  'csv',
  'html',
  'svg',
  'npz',
  'safetensors-sb3',
  'safetensors-cleanrl',
]

const command =
  ({ run }: Command, args: (place: Place, draw: Draw) => readonly string[]): Reader =>
  (place, draw) =>
    run([...args(place, draw), ...(draw.unit() < 0.3 ? ['--json'] : [])], process)()

const THREADS = ['--threads', '1']

const readers: Readonly<Record<string, Reader>> = {
  eval: command(evalRun, ({ run }) => [run, '--episodes', '2']),
  watch: command(watch, ({ run }) => [run]),
  replay: command(replay, ({ run }) => [run, ...THREADS]),
  resume: command(train, ({ run }) => ['--resume', run, ...THREADS]),
  fork: command(fork, ({ run, out }, { below }) => [
    run,
    '--at',
    String(below(5)),
    '--out',
    out,
    ...THREADS,
  ]),
  export: command(exportRun, ({ run, out }, { oneOf }) => [
    run,
    '--to',
    oneOf(formats),
    '--out',
    out,
  ]),
  'train --out': command(train, ({ run }) => [
    'cartpole',
    '--out',
    run,
    ...'--preset cleanrl --steps 16 --set envs=2 --set steps=8 --set minibatches=1 --set hidden=[3]'.split(
      ' ',
    ),
    ...THREADS,
  ]),
  files: async ({ run }, { oneOf }) => {
    const storage = files(run)
    const names = await storage.list()
    return E.isLeft(names) || names.right.length === 0 ? names : storage.read(oneOf(names.right))
  },
}

/** Everything that is written to a terminal, in place of it. */
let written = ''
const capture = (text: unknown): boolean => {
  written += String(text)
  return true
}
process.stdout.write = capture
process.stderr.write = capture

const problemOf = (
  answer: E.Either<unknown, unknown>,
  before: string,
  place: Place,
): string | null => {
  const shown = `${written}\n${E.isLeft(answer) && typeof answer.left === 'string' ? answer.left : ''}`
  const line = written.split('\n').find((text) => text !== printable(text))
  if (line !== undefined) return `wrote ${JSON.stringify(line)}`
  if (/E[A-Z]{4,}:|ERR_[A-Z]|Invalid typed array|TypeError|is not a function/.test(shown))
    return `said ${JSON.stringify(shown.slice(0, 300))}`
  return contentOf(place.outside) === before ? null : 'changed what is outside of the folder'
}

const runCase = async (one: number): Promise<void> => {
  const draw = drawOf(seed, one)
  const place = placeIn(join(root!, 'case'))
  rmSync(place.root, { recursive: true, force: true })
  mkdirSync(place.root, { recursive: true })
  cpSync(join(runs, draw.oneOf(names)), place.run, { recursive: true })
  makeOutside(place, runs)
  mutateFolder(draw, place)
  const before = contentOf(place.outside)
  const what = draw.oneOf(Object.keys(readers))
  say({ kind: 'begun', one, what })
  written = ''
  const started = performance.now()
  let answer: E.Either<unknown, unknown> = E.right(null)
  let threw: string | null = null
  try {
    answer = await readers[what]!(place, draw)
  } catch (error) {
    threw = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const milliseconds = performance.now() - started
  const problem = threw ?? problemOf(answer, before, place)
  process.removeAllListeners('SIGINT')
  const { rss } = process.memoryUsage()
  say({
    kind: 'ended',
    one,
    what,
    answer: E.isLeft(answer) ? 'left' : 'right',
    milliseconds,
    rss,
    problem,
  })
}

const names = await makeRuns(runs)
say({ kind: 'ready' })
for (let one = from; one < to; one++) await runCase(one)
say({ kind: 'done' })
process.disconnect()

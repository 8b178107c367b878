/**
 * What it costs to keep a run of a million parameters: a checkpoint beside the disk's own speed,
 * and beside the minute of learning that it keeps; and the hash chain beside an update:
 * `npm run bench:checkpoint -- [--rounds N] [--hidden N] [--folder DIR]`.
 *
 * Contenders take turns, so that a machine or a disk that slows down slows all of them. The disk's
 * speed is that of as many bytes written to a new file and synced.
 */
import * as E from 'fp-ts/lib/Either.js'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { init, iterate, parts, presets, type Metrics, type PpoConfig } from '../src/ppo.ts'
import type { TrainState } from '../src/algo/learner.ts'
import { key } from '../src/random/key.ts'
import { environmentOf } from '../src/env/environments.ts'
import { encodeCheckpoint, openCheckpoint } from '../src/run/checkpoint.ts'
import { saveCheckpoint } from '../src/run/folder/checkpoints.ts'
import { describeFileError } from '../src/run/disk/file.ts'
import { firstLink, nextLink } from '../src/run/hash.ts'
import { noPast, openJournal } from '../src/run/folder/journal.ts'
import { nodeSha256 } from '../src/run/nodeSha256.ts'
import type { RunConfig } from '../src/run/config.ts'
import { createRun } from '../src/run/folder/runFolder.ts'
import { version } from '../src/run/version.ts'
import { interleave, secondsOf } from './speed/rounds.ts'
import { median, spread, table } from './speed/table.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    hidden: { type: 'string', default: '700' },
    folder: { type: 'string', default: tmpdir() },
  },
})

/** How often a run is kept unless it is told otherwise, in seconds. */
const EVERY = 60

const count = (name: 'rounds' | 'hidden'): number => {
  const n = Number(values[name])
  if (!(Number.isInteger(n) && n >= 1))
    throw new RangeError(`--${name}: expected a whole number >= 1, got ${values[name]}`)
  return n
}

const width = count('hidden')
const rounds = count('rounds')
const settings: PpoConfig = { ...presets['flappy-bird'], hidden: [width, width] }
const config: RunConfig = {
  format: 'proximal run 2',
  version,
  algorithm: 'ppo',
  env: 'flappy-bird',
  seed: 1,
  preset: 'flappy-bird',
  kernels: 'wasm',
  settings,
  past: [],
}

const done = <A>(either: E.Either<string, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left)
  return either.right
}

/** A new file, written in one go and synced. */
const plainly = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, 'wx')
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const measure = (folder: string): void => {
  const run = join(folder, 'run')
  const learning = parts(settings, environmentOf('flappy-bird'), 'wasm')
  const next = iterate(settings, learning)
  let metrics: Metrics | null = null
  let state: TrainState<unknown> = init(learning)(key(config.seed))
  const start = firstLink(state.learner)
  let last = start
  done(E.mapLeft(describeFileError)(createRun(run, config)))
  const journal = done(E.mapLeft(describeFileError)(openJournal(run, noPast())))

  const update = (): Metrics => {
    ;[metrics, state] = next(state)
    return metrics
  }
  /** What a run does after an update beside keeping it. */
  const note = (told: Metrics): void => {
    journal.add(`${JSON.stringify(told)}\n`, last)
    done(E.mapLeft(describeFileError)(journal.flush()))
  }
  const link = (told: Metrics): void => {
    last = nextLink(start, told, state.learner, nodeSha256)
  }
  const save = (): void =>
    done(E.mapLeft(describeFileError)(saveCheckpoint(run, config, state, last, journal.written())))
  const encode = (digest: (bytes: Uint8Array) => Uint8Array): Uint8Array =>
    done(encodeCheckpoint({ config: settings, state, link: last, about: {} }, digest))
  const nothing = new Uint8Array(32)

  const first = update()
  note(first)
  link(first)
  const bytes = encode(nodeSha256)
  const megabytes = bytes.length / 1e6
  let files = 0
  const fresh = (): string => join(folder, String((files += 1)))

  const kept = interleave(
    3 * rounds,
    new Map<string, () => number>([
      ['encode', () => secondsOf(() => encode(() => nothing))],
      ['encode and SHA-256', () => secondsOf(() => encode(nodeSha256))],
      ['encode, SHA-256 and write to disk', () => secondsOf(save)],
      [
        'disk only: write and sync',
        () => {
          const path = fresh()
          const seconds = secondsOf(() => plainly(path, bytes))
          rmSync(path)
          return seconds
        },
      ],
      ['read and verify (open)', () => secondsOf(() => done(openCheckpoint(bytes, nodeSha256)))],
    ]),
  )
  const learnt = interleave(
    rounds,
    new Map<string, () => number>([
      ['an update', () => secondsOf(() => note(update()))],
      ['a link of the chain', () => secondsOf(() => link(metrics!))],
      [
        'a link, by the portable SHA-256',
        () => secondsOf(() => nextLink(start, metrics!, state.learner)),
      ],
      [
        'an update, with its records',
        () =>
          secondsOf(() => {
            note(update())
            save()
          }),
      ],
    ]),
  )

  const parameters = state.learner.params.flat.shape[0]
  console.log(`node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? '?'}`)
  console.log(
    `flappy-bird, ${parameters.toLocaleString('en-US')} parameters, a checkpoint of ${megabytes.toFixed(1)} MB, ${3 * rounds} rounds, of updates ${rounds}\n`,
  )
  console.log(
    table([
      ['', 'MB/s', '', 'ms', ''],
      ...[...kept].map(([name, seconds]) => [
        name,
        spread(
          seconds.map((s) => megabytes / s),
          0,
        ),
        spread(
          seconds.map((s) => 1000 * s),
          1,
        ),
      ]),
      [''],
      ...[...learnt].map(([name, seconds]) => [
        name,
        '',
        '',
        spread(
          seconds.map((s) => 1000 * s),
          1,
        ),
      ]),
    ]),
  )
  const of = (measured: typeof kept, name: string): number => median(measured.get(name)!)
  const percent = (x: number): string => `${(100 * x).toFixed(2)} %`
  const one = of(kept, 'encode, SHA-256 and write to disk')
  const without = of(learnt, 'an update')
  console.log(`
a checkpoint every ${EVERY} s: ${percent(one / EVERY)} of a run; as measured within one: ${percent((of(learnt, 'an update, with its records') - without) / EVERY)}
the chain: ${percent(of(learnt, 'a link of the chain') / without)} of an update`)
}

const folder = mkdtempSync(join(values.folder, 'proximal-bench-'))
try {
  measure(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { mutateBytes } from '../bytes.ts'
import type { Draw } from '../draw.ts'
import { mutateJson } from '../json.ts'
import type { Place } from './made.ts'

/** Names that files and folders of a run may have, and others: control characters, too long, not UTF-8. */
const NAMES: ReadonlyArray<string | Buffer> = [
  'config.json',
  'metrics.jsonl',
  'chain',
  'params.safetensors',
  'replay.json',
  'lock',
  'checkpoints',
  'export',
  'checkpoints/00000000.safetensors',
  'checkpoints/00000999.safetensors',
  'checkpoints/99999999999999999999.safetensors',
  'checkpoints/-0000001.safetensors',
  'checkpoints/.proximal-1-0.tmp',
  '.proximal-1-0.tmp',
  '.proximal-99999999999999999999-0.tmp',
  '\u001b[2J\u009b31m\u202e\n\rname',
  'checkpoints/\u001b]0;x\u0007.safetensors',
  'x'.repeat(255),
  '__proto__',
  Buffer.from([0xff, 0xfe, 0x41]),
]

/** What a link may lead to. */
const targets = ({ outside, run }: Place): readonly string[] => [
  join(outside, 'precious.txt'),
  join(outside, 'folder'),
  join(outside, 'run', 'config.json'),
  join(outside, 'run', 'metrics.jsonl'),
  join(outside, 'run'),
  '../outside/precious.txt',
  join(outside, 'nothing-there'),
  '/dev/zero',
  '/dev/null',
  '/dev/full',
  '/proc/self/mem',
  run,
  '.',
  'config.json',
]

const SPARSE = 200_000_000

const namesIn = (run: string): readonly string[] =>
  readdirSync(run, { recursive: true, encoding: 'utf8' }).toSorted()

const pathOf = (run: string, name: string | Buffer): string | Buffer =>
  typeof name === 'string' ? join(run, name) : Buffer.concat([Buffer.from(`${run}/`), name])

const isThere = (path: string | Buffer): boolean => {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

const remove = (path: string | Buffer): void => {
  if (typeof path === 'string') rmSync(path, { recursive: true, force: true })
}

const isRegular = (path: string): boolean => lstatSync(path).isFile()

/** The record of a run made to agree with its files again, so that what lies behind it is read. */
const rehash = (run: string): void => {
  const path = join(run, 'replay.json')
  if (!isThere(path) || !isRegular(path)) return
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, string> }
    for (const name of Object.keys(record.files)) {
      const found = readdirSync(run).find((file) => file.split('.')[0] === name)
      if (found !== undefined && isRegular(join(run, found)))
        record.files[name] = createHash('sha256')
          .update(readFileSync(join(run, found)))
          .digest('hex')
    }
    writeFileSync(path, JSON.stringify(record))
  } catch {
    // What is no record any more is left as it is.
  }
}

const changed = (draw: Draw, path: string): Uint8Array | string => {
  const bytes = readFileSync(path)
  const text = bytes.toString('utf8')
  if (draw.unit() < 0.5)
    try {
      if (!path.endsWith('.jsonl')) return mutateJson(draw, text)
      const lines = text.split('\n')
      const at = draw.below(Math.max(1, lines.length - 1))
      lines[at] = mutateJson(draw, lines[at] ?? '')
      return lines.join('\n')
    } catch {
      // No JSON is mutated as bytes.
    }
  const mutant = mutateBytes(draw, bytes, bytes)
  if (!path.endsWith('.safetensors') || draw.unit() < 0.5 || mutant.length < 32) return mutant
  const end = mutant.length - 32
  const whole = mutant.slice()
  whole.set(createHash('sha256').update(whole.subarray(0, end)).digest(), end)
  return whole
}

type Mutation = (draw: Draw, place: Place, path: string) => void

/** What may happen to a file or a folder of a run. */
const mutations: readonly Mutation[] = [
  (draw, _, path) => {
    if (isThere(path) && isRegular(path)) writeFileSync(path, changed(draw, path))
  },
  (draw, { run }, path) => {
    if (isThere(path) && isRegular(path)) writeFileSync(path, changed(draw, path))
    rehash(run)
  },
  (_, __, path) => remove(path),
  (draw, place, path) => {
    remove(path)
    symlinkSync(draw.oneOf(targets(place)), path)
  },
  (_, __, path) => {
    remove(path)
    execFileSync('mkfifo', [path])
  },
  (_, __, path) => {
    remove(path)
    mkdirSync(path)
  },
  (_, { outside }, path) => {
    remove(path)
    linkSync(join(outside, 'precious.txt'), path)
  },
  (_, __, path) => {
    if (isThere(path) && isRegular(path)) truncateSync(path, SPARSE)
  },
  (draw, { run }, path) => {
    const [other] = [draw.oneOf(namesIn(run))]
    const to = join(run, other)
    if (!isThere(path) || to === path || to.startsWith(`${path}/`) || path.startsWith(`${to}/`))
      return
    remove(to)
    renameSync(path, to)
  },
]

const once = (draw: Draw, place: Place): void => {
  const { run } = place
  if (draw.unit() < 0.25) {
    const name = draw.oneOf(NAMES)
    const path = pathOf(run, name)
    if (isThere(path)) return
    if (typeof name === 'string' && !existsSync(join(run, name, '..'))) return
    writeFileSync(path, draw.oneOf(['', 'x', '{}', '\u001b[2J\n']))
    return
  }
  const names = namesIn(run)
  if (names.length > 0) draw.oneOf(mutations)(draw, place, join(run, draw.oneOf(names)))
}

/** A run folder after one to three mutations. */
export const mutateFolder = (draw: Draw, place: Place): void => {
  for (let n = 1 + draw.below(3); n > 0; n--)
    try {
      once(draw, place)
    } catch (error) {
      // A mutation that has become impossible, as below a file, is none.
      if (!(error instanceof Error && 'code' in error)) throw error
    }
}

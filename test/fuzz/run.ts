/**
 * Mutants of every file that is read, each to its decoder, which may say Left or Right and nothing
 * else, within a second, and ask for no more than twice the file and a constant:
 * `npm run test:fuzz -- [--count N | --seconds S] [--seed S] [--case N] [--json]`. Then mutants of
 * whole run folders, each to a command: [--folders N] [--folder-case N], as long as the files at most.
 * Ends with 1 where one did not; its file is in .build/fuzz.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { install } from './allocation.ts'
import { fuzzFolders, type FolderTally } from './folders/fuzz.ts'
import { formats } from './formats.ts'
import { decodeOne, mutant } from './one.ts'
import { emptyTally, merged, type Failure, type Order, type Tally } from './tally.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    folders: { type: 'string' },
    'folder-case': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
/** Small things that do not grow with the file: parameters of the policy that it is read for, views. */
const CONSTANT = 65_536
const HANGS_AFTER = 10_000
const MOST_FAILURES = 100
const KEPT = join(process.cwd(), '.build/fuzz')

const seed = Number(values.seed)
const say = (line: string): boolean =>
  (values.json ? process.stderr : process.stdout).write(`${line}\n`)

const keep = ({ one, format, name, problem, bytes }: Failure): void => {
  const path = join(KEPT, `seed${seed}-case${one}.bin`)
  mkdirSync(KEPT, { recursive: true })
  writeFileSync(path, bytes)
  say(`BAD  case ${one}, ${format} of ${name}: ${problem.split('\n').slice(0, 4).join('\n')}`)
  say(`     in ${path}`)
}

const showCase = (one: number): void => {
  const all = formats()
  const { bytes } = mutant(all, seed, one)
  mkdirSync(KEPT, { recursive: true })
  const path = join(KEPT, `seed${seed}-case${one}.bin`)
  writeFileSync(path, bytes)
  say(`case ${one} of seed ${seed}: ${bytes.length} bytes in ${path}`)
  install()
  const outcome = decodeOne(all, seed, one)
  say(JSON.stringify({ ...outcome, bytes: bytes.length }, null, 2))
  process.exitCode = outcome.threw === null ? 0 : 1
}

/** Cases from `from` on in a thread of their own; null where one hangs or ends the thread. */
const stretch = (
  from: number,
  to: number,
  until: number,
  hear: (tally: Tally) => void,
): Promise<{ readonly at: number; readonly problem: string } | null> =>
  new Promise((resolve) => {
    const progress = new Int32Array(new SharedArrayBuffer(4))
    const order: Order = { seed, from, to, constant: CONSTANT, progress }
    const worker = new Worker(new URL('worker.js', import.meta.url), { workerData: order })
    let seen = { one: -1, at: performance.now() }
    let problem: string | null = null
    const watch = setInterval(() => {
      const now = performance.now()
      const one = Atomics.load(progress, 0)
      if (one !== seen.one) seen = { one, at: now }
      else if (now - seen.at > HANGS_AFTER) {
        problem = `did not return within ${HANGS_AFTER / 1000} s`
        void worker.terminate()
      }
      if (now > until) void worker.terminate()
    }, 500)
    worker.on('message', hear)
    worker.on('error', (error) => {
      problem = `ended the thread: ${String(error)}`
    })
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(problem === null ? null : { at: Atomics.load(progress, 0), problem })
    })
  })

const fuzz = async (): Promise<void> => {
  const started = performance.now()
  const until = values.seconds === undefined ? Infinity : started + 1000 * Number(values.seconds)
  const count = Number(values.count ?? (values.seconds === undefined ? 1_000_000 : 1e9))
  let all = emptyTally(0)
  let lastSaid = started
  const hear = (tally: Tally): void => {
    for (const failure of tally.failures) keep(failure)
    all = merged(all, {
      ...tally,
      failures: tally.failures.map((x) => ({ ...x, bytes: new Uint8Array(0) })),
    })
    const now = performance.now()
    if (now - lastSaid < 10_000) return
    lastSaid = now
    const rate = all.next / ((now - started) / 1000)
    say(
      `${all.next.toLocaleString('en-US')} mutants, ${rate.toFixed(0)} a second, ${all.failures.length} failures`,
    )
  }
  while (all.next < count && performance.now() < until && all.failures.length < MOST_FAILURES) {
    const ended = await stretch(all.next, count, until, hear)
    if (ended === null) continue
    if (ended.at < all.next) throw new Error(ended.problem)
    const { from, bytes } = mutant(formats(), seed, ended.at)
    const failure = {
      one: ended.at,
      format: from.format,
      name: from.name,
      problem: ended.problem,
      bytes,
    }
    hear({ ...emptyTally(ended.at + 1), failures: [failure] })
  }
  const seconds = (performance.now() - started) / 1000
  for (const [name, { mutants, rights }] of Object.entries(all.formats))
    say(
      `${mutants.toLocaleString('en-US').padStart(11)}  ${name.padEnd(20)} ${((100 * rights) / mutants).toFixed(1).padStart(5)} % read`,
    )
  const { slowest, largest, mostShare, heap } = all
  say(
    `slowest ${slowest.milliseconds.toFixed(1)} ms (case ${slowest.one}, ${slowest.format}); arrays at most ${largest.beyond} bytes beyond twice the file (case ${largest.one}, ${largest.format}) and ${mostShare.share.toFixed(2)} of it (case ${mostShare.one}, ${mostShare.format})`,
  )
  say(
    `whole heap in ${heap.samples} samples: ${heap.grown.beyond} bytes beyond twice the file of ${heap.grown.file} in a call (case ${heap.grown.one}, ${heap.grown.format}), ${heap.held.beyond} of ${heap.held.file} stayed (case ${heap.held.one}, ${heap.held.format})`,
  )
  const failures = all.failures.length
  say(
    `${all.next.toLocaleString('en-US')} mutants of seed ${seed} in ${seconds.toFixed(0)} s, ${(all.next / seconds).toFixed(0)} a second: ${failures === 0 ? 'each Left or Right' : `${failures} failures`}`,
  )
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ mutants: all.next, seed, seconds, formats: all.formats, slowest, largest, mostShare, heap, failures: all.failures.map(({ one, format, name, problem }) => ({ one, format, name, problem })) })}\n`,
    )
  process.exitCode = failures === 0 ? 0 : 1
}

const sayFolders = ({ readers, slowest, rss, failures, next }: FolderTally): void => {
  for (const { one, what, problem } of failures)
    say(`BAD  folder case ${one}, ${what}: ${problem.split('\n').slice(0, 4).join('\n')}`)
  for (const [name, { cases, rights }] of Object.entries(readers))
    say(
      `${String(cases).padStart(11)}  folders, ${name.padEnd(11)} ${((100 * rights) / cases).toFixed(1).padStart(5)} % done`,
    )
  say(
    `${next} folders of seed ${seed}: ${failures.length === 0 ? 'each Left or Right, nothing outside changed' : `${failures.length} failures`}; slowest ${slowest.milliseconds.toFixed(0)} ms (case ${slowest.one}, ${slowest.what}), ${(rss / 1e6).toFixed(0)} MB at most`,
  )
  if (failures.length > 0) process.exitCode = 1
}

const FOLDERS = 2000

if (values.case !== undefined) showCase(Number(values.case))
else if (values['folder-case'] !== undefined) {
  const from = Number(values['folder-case'])
  sayFolders(await fuzzFolders(seed, { from, to: from + 1 }))
} else {
  if (values.folders === undefined || values.count !== undefined || values.seconds !== undefined)
    await fuzz()
  const until =
    values.seconds === undefined ? Infinity : performance.now() + 1000 * Number(values.seconds)
  const to = Number(values.folders ?? (values.seconds === undefined ? FOLDERS : 1e9))
  sayFolders(await fuzzFolders(seed, { to, until }))
}

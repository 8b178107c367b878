import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Said } from './child.ts'

/** What commands and readers made of mutated run folders. */
export interface FolderTally {
  next: number
  readonly readers: { [name: string]: { cases: number; rights: number } }
  slowest: { one: number; what: string; milliseconds: number }
  /** bytes that the process had after a case, at most */
  rss: number
  readonly failures: { readonly one: number; readonly what: string; readonly problem: string }[]
}

const HANGS_AFTER = 30_000
const STARTS_WITHIN = 120_000
const MOST_FAILURES = 20
const MOST_BYTES = 1_500_000_000

const told = (tally: FolderTally, said: Extract<Said, { kind: 'ended' }>): void => {
  const { one, what, answer, milliseconds, rss } = said
  const mine = (tally.readers[what] ??= { cases: 0, rights: 0 })
  mine.cases += 1
  if (answer === 'right') mine.rights += 1
  if (milliseconds > tally.slowest.milliseconds) tally.slowest = { one, what, milliseconds }
  tally.rss = Math.max(tally.rss, rss)
  const problem = said.problem ?? (rss > MOST_BYTES ? `took ${rss} bytes of memory` : null)
  if (problem !== null) tally.failures.push({ one, what, problem })
  tally.next = one + 1
}

/** Cases from the next one on in a process of its own, until it ends, hangs, or is to stop. */
const stretch = (tally: FolderTally, seed: number, to: number, until: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const root = mkdtempSync(join(tmpdir(), 'proximal-fuzz-'))
    const child = fork(
      fileURLToPath(new URL('child.js', import.meta.url)),
      [root, seed, tally.next, to].map(String),
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    )
    let at: { one: number; what: string } | null = null
    let seen = performance.now()
    let [isReady, isDone] = [false, false]
    const stop = (): void => {
      isDone = true
      child.kill('SIGKILL')
    }
    const watch = setInterval(() => {
      const now = performance.now()
      if (now - seen > (at === null ? STARTS_WITHIN : HANGS_AFTER)) child.kill('SIGKILL')
      if (now > until && at === null) stop()
    }, 200)
    child.on('message', (said: Said) => {
      seen = performance.now()
      if (said.kind === 'begun') at = said
      if (said.kind === 'ready') isReady = true
      if (said.kind === 'done') isDone = true
      if (said.kind !== 'ended') return
      at = null
      told(tally, said)
      if (performance.now() > until || tally.failures.length >= MOST_FAILURES) stop()
    })
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      rmSync(root, { recursive: true, force: true })
      if (!isReady && !isDone) {
        reject(new Error(`folders: expected runs to begin with, got an end (${signal ?? code})`))
        return
      }
      if (!isDone) {
        const { one, what } = at ?? { one: tally.next, what: 'the process' }
        const problem =
          signal === 'SIGKILL'
            ? `did not end within ${HANGS_AFTER / 1000} s`
            : `ended the process (${signal ?? code})`
        tally.failures.push({ one, what, problem })
        tally.next = one + 1
      }
      resolve()
    })
  })

/**
 * Mutated run folders, each to a command or reader of the library. Each has to end in Right or in a
 * typed Left, in time and within memory, to change nothing outside of the folder, and to write
 * nothing that means anything to a terminal.
 */
export const fuzzFolders = async (
  seed: number,
  { from = 0, to = Infinity, until = Infinity }: { from?: number; to?: number; until?: number },
): Promise<FolderTally> => {
  const tally: FolderTally = {
    next: from,
    readers: {},
    slowest: { one: -1, what: '', milliseconds: 0 },
    rss: 0,
    failures: [],
  }
  const last = Math.min(to, 1e9)
  while (tally.next < last && performance.now() < until && tally.failures.length < MOST_FAILURES)
    await stretch(tally, seed, last, until)
  return tally
}

import * as E from 'fp-ts/lib/Either.js'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lock } from '../../src/cli/lock.ts'
import { expectHeld, systemLock, type Lock, unlockFolder } from '../../src/run/folder/lock.ts'
import { workshop } from '../support/cli.ts'
import { BUILT } from '../support/built.ts'

const { folder, remove } = workshop()
afterAll(remove)

const none = async () => null

let runs = 0
const newRun = (held?: string): string => {
  runs += 1
  const run = join(folder, String(runs))
  mkdirSync(run)
  if (held !== undefined) writeFileSync(join(run, 'lock'), held)
  return run
}

const textOf = (run: string): string => readFileSync(join(run, 'lock'), 'utf8')

const taken = async (run: string, load = systemLock): Promise<Lock> => {
  const tried = await lock(run, load)
  if (E.isLeft(tried)) throw new Error(tried.left)
  return tried.right
}

/** The compiled module: the package exports only what is bundled. */
const LOCK = join(BUILT, 'compiled/run/folder/lock.js')

/** A process that tries to lock each folder at once, says which it got, and stays. */
const HOLDER = `
  import { systemLock, tryLockFolder } from ${JSON.stringify(LOCK)}
  const tryLock = await systemLock()
  const got = process.argv.slice(1).filter((run) => tryLockFolder(run, tryLock)._tag === 'Right')
  process.stdout.write(JSON.stringify(got) + '\\n')
  setTimeout(() => {}, 600000)
`
const ARGS = ['--input-type=module', '-e', HOLDER]

const holder = async (
  runs: readonly string[],
  [command, ...args]: readonly [string, ...string[]] = [process.execPath],
): Promise<{ readonly child: ChildProcess; readonly got: readonly string[] }> => {
  const child = spawn(command, [...args, ...ARGS, ...runs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const text = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
  return { child, got: JSON.parse(text) as string[] }
}

const gone = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })

const UNSHARE = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'] as const
const hasNamespaces = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true']).status === 0

describe('the lock of a run', () => {
  test('names its process and machine, and goes with it, leaving nothing', async () => {
    const run = newRun()
    const held = await taken(run)
    expect(textOf(run)).toBe(
      `proximal lock: process ${process.pid} of ${hostname()}, held by the system\n`,
    )
    expect(readdirSync(run)).toEqual(['lock'])
    unlockFolder(held)
    expect(readdirSync(run)).toEqual([])
  })

  test('keeps out all others, this process included, and stays unchanged', async () => {
    const run = newRun()
    const held = await taken(run)
    const text = textOf(run)
    const started = performance.now()
    expect(await lock(run)).toEqual(
      E.left(`${run}: process ${process.pid} of ${hostname()} is using it: wait for it or end it`),
    )
    // It looks for a second, in which a process that is ending is gone.
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(textOf(run)).toBe(text)
    expect(expectHeld(held)).toEqual(E.right(undefined))
    unlockFolder(held)
  })

  test('that goes while another waits is taken', async () => {
    const run = newRun()
    const held = await taken(run)
    const waiting = taken(run)
    setTimeout(() => unlockFolder(held), 250)
    unlockFolder(await waiting)
    expect(existsSync(join(run, 'lock'))).toBe(false)
  })

  test('holds as long as its process lives, and no longer, however that ends', async () => {
    const run = newRun()
    const { child, got } = await holder([run])
    expect(got).toEqual([run])
    expect(E.isLeft(await lock(run))).toBe(true)
    await gone(child)
    unlockFolder(await taken(run))
  })

  test('is one process’s where many come at the same time, and one was left over', async () => {
    const all = Array.from({ length: 40 }, (_, i) =>
      newRun(i % 2 === 0 ? undefined : 'proximal lock: process 7 of there, held by the system\n'),
    )
    const holders = await Promise.all([1, 2, 3, 4].map(() => holder(all)))
    const got = holders.flatMap((one) => one.got)
    await Promise.all(holders.map(({ child }) => gone(child)))
    expect(got.toSorted()).toEqual(all.toSorted())
  })

  test.runIf(hasNamespaces)(
    'holds in other process namespaces of the same host, where its number means another process',
    async () => {
      const run = newRun()
      const first = await holder([run], [...UNSHARE, process.execPath])
      const second = await holder([run], [...UNSHARE, process.execPath])
      expect([first.got, second.got]).toEqual([[run], []])
      expect(E.isLeft(await lock(run))).toBe(true)
      await Promise.all([gone(first.child), gone(second.child)])
      unlockFolder(await taken(run))
    },
  )

  test.each([
    ['removed', (path: string) => rmSync(path)],
    [
      'replaced',
      (path: string) => {
        const text = readFileSync(path)
        rmSync(path)
        writeFileSync(path, text)
      },
    ],
  ])('that was %s is no longer held, and is not given back', async (_, change) => {
    const run = newRun()
    const held = await taken(run)
    change(join(run, 'lock'))
    const names = readdirSync(run)
    expect(expectHeld(held)).toMatchObject({ left: { path: join(run, 'lock'), code: 'ELOST' } })
    unlockFolder(held)
    expect(readdirSync(run)).toEqual(names)
  })

  test.each(['', '\n', 'x', `${process.pid} ${hostname()} 7\n`, 'proximal lock: process 7 of '])(
    'is not taken where a file of that name is another’s, which stays: %j',
    async (held) => {
      const run = newRun(held)
      expect(await lock(run)).toMatchObject({
        left: expect.stringContaining('move it away') as string,
      })
      expect(textOf(run)).toBe(held)
    },
  )

  test('is not taken through a link, and what that leads to stays', async () => {
    const run = newRun()
    const text = 'proximal lock: process 7 of there, held by the system\n'
    writeFileSync(join(folder, 'elsewhere'), text)
    symlinkSync(join(folder, 'elsewhere'), join(run, 'lock'))
    expect(await lock(run)).toMatchObject({ left: expect.stringContaining('link') as string })
    expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe(text)
    expect(readdirSync(run)).toEqual(['lock'])
  })

  test('cannot be where there is no folder: the file is named', async () => {
    const run = join(folder, 'nowhere')
    expect(await lock(run)).toMatchObject({ left: expect.stringContaining(run) as string })
  })
})

describe('where the system has no locks', () => {
  const unsupported = async () => () => {
    throw Object.assign(new Error('ENOLCK'), { code: 'ENOLCK' })
  }

  test.each([
    ['no native module', none],
    ['a file system without locks', unsupported],
  ])('%s: the file holds until it is removed, with system locks too', async (_, load) => {
    const run = newRun()
    const held = await taken(run, load)
    expect(textOf(run)).toContain(', held by this file\n')
    for (const next of [load, systemLock])
      expect(await lock(run, next)).toMatchObject({
        left: expect.stringContaining('remove ') as string,
      })
    unlockFolder(held)
    expect(readdirSync(run)).toEqual([])
  })

  test('a lock of the system cannot be judged, and holds', async () => {
    const run = newRun('proximal lock: process 7 of there, held by the system\n')
    expect(await lock(run, none)).toMatchObject({
      left: expect.stringContaining('process 7 of there is using it') as string,
    })
  })
})

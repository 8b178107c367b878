import * as E from 'fp-ts/lib/Either.js'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lock, unlock } from '../../src/cli/lock.ts'
import { workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

let runs = 0
const newRun = (held?: string): string => {
  runs += 1
  const run = join(folder, String(runs))
  mkdirSync(run)
  if (held !== undefined) writeFileSync(join(run, 'lock'), held)
  return run
}

const textOf = (run: string): string => readFileSync(join(run, 'lock'), 'utf8')

const other = (): ChildProcess => spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])

const gone = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })

const began = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!

const isLinux = process.platform === 'linux'

describe('the lock of a run', () => {
  test('names its process and machine, and goes with it', async () => {
    const run = newRun()
    expect(await lock(run)).toEqual(E.right(undefined))
    expect(textOf(run)).toMatch(new RegExp(`^${process.pid} ${hostname()} (\\d+|-)\n$`))
    expect(unlock(run)).toEqual(E.right(undefined))
    expect(existsSync(join(run, 'lock'))).toBe(false)
  })

  test('keeps whoever comes next out, this process too, and stays as it is', async () => {
    const run = newRun()
    await lock(run)
    const text = textOf(run)
    const started = performance.now()
    expect(await lock(run)).toEqual(
      E.left(
        `${run}: process ${process.pid} of ${hostname()} is at work in it: wait for it or end it; remove ${join(run, 'lock')} if there is no such process`,
      ),
    )
    // It looks for a second, in which a process that is ending is gone.
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(textOf(run)).toBe(text)
  })

  test('that goes while another waits is taken', async () => {
    const run = newRun()
    await lock(run)
    const waiting = lock(run)
    setTimeout(() => unlock(run), 250)
    expect(await waiting).toEqual(E.right(undefined))
    expect(textOf(run)).toContain(String(process.pid))
  })

  test('that another one wrote over, who found the same one left over, is not ours', async () => {
    const run = newRun('left over')
    const taking = lock(run)
    writeFileSync(join(run, 'lock'), `1 elsewhere.${hostname()} 7\n`)
    expect(await taking).toMatchObject({
      left: expect.stringContaining('process 1 of elsewhere.') as string,
    })
    expect(textOf(run)).toContain('elsewhere')
  })

  test.runIf(isLinux)('of a process that was killed is taken over', async () => {
    const child = other()
    const run = newRun(`${child.pid} ${hostname()} ${began(child.pid!)}\n`)
    expect(E.isLeft(await lock(run))).toBe(true)
    await gone(child)
    expect(await lock(run)).toEqual(E.right(undefined))
    expect(textOf(run)).toContain(`${process.pid} `)
  })

  test.runIf(isLinux)(
    'of a process whose number another one has by now is taken over',
    async () => {
      const run = newRun(`${process.pid} ${hostname()} ${Number(began(process.pid)) - 1}\n`)
      expect(await lock(run)).toEqual(E.right(undefined))
      expect(textOf(run)).toContain(began(process.pid))
    },
  )

  test('of another machine cannot be looked into, and holds', async () => {
    const run = newRun(`1 elsewhere.${hostname()} 7\n`)
    const tried = await lock(run)
    expect(tried).toMatchObject({
      left: expect.stringContaining('process 1 of elsewhere.') as string,
    })
  })

  test.each(['', '\n', 'x', `${process.pid}`, `${process.pid} ${hostname()}`, '\0\0\0'])(
    'that was cut short by a crash is nobody’s: %j',
    async (held) => {
      const run = newRun(held)
      expect(await lock(run)).toEqual(E.right(undefined))
      expect(textOf(run)).toContain(hostname())
    },
  )

  test('cannot be where there is no folder: the file is named', async () => {
    const run = join(folder, 'nowhere')
    expect(await lock(run)).toMatchObject({ left: expect.stringContaining(run) as string })
  })

  test('that is gone cannot be given back, which says so and harms nobody', () => {
    expect(unlock(newRun())).toMatchObject({ left: expect.stringContaining('lock') as string })
  })
})

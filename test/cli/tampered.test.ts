import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, filesIn, proximal, updatesIn, workshop, type Ended } from '../support/cli.ts'

const { folder, remove } = workshop()
const at = (...path: readonly string[]): string => join(folder, ...path)

const UPDATES = 400
const SMALL = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--threads', '1']
const KEPT = ['--checkpoint-every', '50', '--steps', String(UPDATES * 64)]
const TRAIN = ['train', 'cartpole', ...SMALL, ...KEPT]

beforeAll(() => proximal(folder, ...TRAIN, '--out', 'whole'))
afterAll(remove)

/** Trains, and does something to the run once it has written down some updates. */
const meddled = async (run: string, meddle: () => unknown): Promise<Ended> => {
  const child = spawn(process.execPath, [CLI, ...TRAIN, '--out', run], { cwd: folder })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (data: Buffer) => (said.stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.stderr += data.toString()))
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  while (updatesIn(at(run)) < 20 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2))
  child.kill('SIGSTOP')
  expect(updatesIn(at(run))).toBeLessThan(UPDATES)
  await meddle()
  child.kill('SIGCONT')
  return { code: await ended, ...said }
}

const flipped = (path: string, place: number): void => {
  const bytes = readFileSync(path)
  bytes[place]! ^= 1
  writeFileSync(path, bytes)
}

const replaced = (path: string): void => {
  const bytes = readFileSync(path)
  rmSync(path)
  writeFileSync(path, bytes)
}

describe.runIf(process.platform !== 'win32')(
  'a run whose files are changed while it learns',
  () => {
    test.each([
      ['metrics.jsonl', 'cut short', (path: string) => truncateSync(path, 100)],
      ['metrics.jsonl', 'edited', (path: string) => flipped(path, 100)],
      ['metrics.jsonl', 'replaced', replaced],
      ['metrics.jsonl', 'removed', (path: string) => rmSync(path)],
      ['chain', 'cut short', (path: string) => truncateSync(path, 10)],
      ['chain', 'edited', (path: string) => flipped(path, 10)],
      [
        'config.json',
        'edited',
        (path: string) => {
          writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": 1', '"seed": 2'))
        },
      ],
      ['config.json', 'removed', (path: string) => rmSync(path)],
    ])(
      '%s %s: ends with an error that names it, and keeps what was learned',
      async (name, how, change) => {
        const run = `${name} ${how}`
        const { code, stderr } = await meddled(run, () => change(at(run, name)))
        expect(code).toBe(2)
        expect(stderr).toContain(`proximal: ${join(run, name)}: expected`)
        expect(stderr).toContain(`what was learned before is in ${run}\n`)
        // What was replaced by the same bytes is a run that stopped there.
        expect(existsSync(at(run, 'replay.json'))).toBe(how === 'replaced')
        expect(readFileSync(at(run, 'params.safetensors')).length).toBe(
          readFileSync(at('whole/params.safetensors')).length,
        )
      },
    )

    test('ends as ever where the config is written again as it was', async () => {
      const { code } = await meddled('again', () => replaced(at('again/config.json')))
      expect(code).toBe(0)
      expect(filesIn(at('again'))).toEqual(filesIn(at('whole')))
    })
  },
)

describe.runIf(process.platform !== 'win32')('a run whose lock is removed while it learns', () => {
  test('stops writing there, and saves what it learned in a separate folder', async () => {
    let before = {}
    const { code, stderr } = await meddled('unlocked', () => {
      rmSync(at('unlocked/lock'))
      before = filesIn(at('unlocked'))
    })
    expect(code).toBe(2)
    expect(stderr).toContain('lock: expected the lock of this process, found nothing')
    const saved = at('unlocked-rescued')
    expect(stderr).toContain(`continue with --resume ${saved}\n`)
    expect(filesIn(at('unlocked'))).toEqual(before)
    expect(await proximal(folder, 'train', '--resume', saved)).toMatchObject({ code: 0 })
    for (const name of ['metrics.jsonl', 'params.safetensors', 'replay.json'])
      expect(filesIn(saved)[name]).toBe(filesIn(at('whole'))[name])
  })

  test('leaves the folder to the process that has taken it since', async () => {
    const { code, stderr } = await meddled('taken', async () => {
      rmSync(at('taken/lock'))
      expect(
        await proximal(folder, 'train', '--resume', 'taken', '--checkpoint-every', '50'),
      ).toMatchObject({ code: 0 })
    })
    expect(code).toBe(2)
    expect(stderr).toContain('taken-rescued')
    expect(filesIn(at('taken'))).toEqual(filesIn(at('whole')))
  })

  test('leaves what is where its folder was, which was moved', async () => {
    const { code, stderr } = await meddled('moved', () => {
      renameSync(at('moved'), at('elsewhere'))
      mkdirSync(at('moved'))
      writeFileSync(at('moved/metrics.jsonl'), 'precious')
    })
    expect(code).toBe(2)
    expect(stderr).toContain(`the parameters are in ${at('moved-rescued')}\n`)
    expect(filesIn(at('moved'))).toEqual({ 'metrics.jsonl': 'precious' })
    expect(existsSync(at('moved-rescued/params.safetensors'))).toBe(true)
  })
})

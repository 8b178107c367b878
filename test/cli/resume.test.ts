import * as E from 'fp-ts/lib/Either.js'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lock } from '../../src/cli/lock.ts'
import { unlockFolder } from '../../src/run/folder/lock.ts'
import { filesIn, proximal, stopped, updatesIn, workshop, type Ended } from '../support/cli.ts'

const UPDATES = 120
const TRAIN = 'train cartpole --set envs=4 --set steps=16 --set hidden=[8] --threads 1'.split(' ')
const LONG = [...TRAIN, '--steps', String(UPDATES * 64)]
const SHORT = [...TRAIN, '--steps', '640', '--checkpoint-every', '3']

const { folder, remove } = workshop()
let whole: Ended
let first: Ended

beforeAll(async () => {
  whole = await proximal(folder, ...LONG, '--checkpoint-every', 'never', '--out', 'whole')
  first = await proximal(folder, ...SHORT, '--out', 'first', '--json')
})
afterAll(remove)

const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

/** The files that a run is, without its checkpoints. */
const runOf = (run: string): Record<string, string> => {
  const all = filesIn(join(folder, run))
  return Object.fromEntries(
    ['config.json', 'metrics.jsonl', 'chain', 'params.safetensors', 'replay.json'].map((name) => [
      name,
      all[name] ?? '',
    ]),
  )
}

const copied = (name: string, of = 'first'): string => {
  cpSync(join(folder, of), join(folder, name), { recursive: true })
  return join(folder, name)
}

const checkpoints = (run: string): readonly string[] =>
  readdirSync(join(folder, run, 'checkpoints')).toSorted()

const damage = (run: string, update: number): void => {
  const path = join(run, 'checkpoints', `${String(update).padStart(8, '0')}.safetensors`)
  const bytes = readFileSync(path)
  bytes[bytes.length - 100]! ^= 1
  writeFileSync(path, bytes)
}

describe('a run that was ended in the middle goes on to the same files', () => {
  test('killed, again and again, wherever that was', async () => {
    const go = (...args: readonly string[]) =>
      stopped(folder, 'SIGKILL', 'killed', updatesIn(join(folder, 'killed')) + 17, ...args)
    let kills = 0
    let ended = await go(...LONG, '--checkpoint-every', '5', '--out', 'killed')
    while (ended.signal === 'SIGKILL') {
      kills += 1
      expect(existsSync(join(folder, 'killed/replay.json'))).toBe(false)
      expect(existsSync(join(folder, 'killed/lock'))).toBe(true)
      ended = await go('train', '--resume', 'killed', '--checkpoint-every', '5')
    }
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(kills).toBeGreaterThan(1)
    expect(runOf('killed')).toEqual(runOf('whole'))
    expect(existsSync(join(folder, 'killed/lock'))).toBe(false)
  })

  test('killed without a checkpoint: from the start', async () => {
    const args = [...LONG, '--checkpoint-every', 'never', '--out', 'unkept']
    expect(await stopped(folder, 'SIGKILL', 'unkept', 20, ...args)).toMatchObject({
      signal: 'SIGKILL',
    })
    expect(readdirSync(join(folder, 'unkept')).toSorted()).toEqual([
      'chain',
      'config.json',
      'lock',
      'metrics.jsonl',
    ])
    const again = await proximal(folder, 'train', '--resume', 'unkept')
    expect(again.stdout).toContain(`cartpole: on from update 0 of ${UPDATES}, in unkept`)
    expect(runOf('unkept')).toEqual(runOf('whole'))
  })

  test('by Ctrl-C: it says how to go on, keeps the last update, and replays until there', async () => {
    const args = [...LONG, '--checkpoint-every', 'never', '--out', 'stopped']
    const ended = await stopped(folder, 'SIGINT', 'stopped', 10, ...args)
    expect(ended.code).toBe(130)
    const done = updatesIn(join(folder, 'stopped'))
    expect(done).toBeLessThan(UPDATES)
    expect(ended.stdout).toContain(
      `stopped after update ${done} of ${UPDATES}; the run is kept: continue with --resume stopped`,
    )
    expect(checkpoints('stopped')).toEqual([`${String(done).padStart(8, '0')}.safetensors`])
    expect((await proximal(folder, 'replay', 'stopped')).code).toBe(0)
    const on = await proximal(folder, 'train', '--resume', 'stopped', '--threads', '1')
    expect(on.code).toBe(0)
    expect(on.stdout).toContain(`on from update ${done} of ${UPDATES}, in stopped`)
    expect(runOf('stopped')).toEqual(runOf('whole'))
  })

  test('with other kernels and on other threads, too, and `--resume=`', async () => {
    const args = [...LONG, '--checkpoint-every', '4', '--out', 'moved', '--threads', '2']
    await stopped(folder, 'SIGKILL', 'moved', 30, ...args)
    const on = await proximal(folder, 'train', '--resume=moved', '--backend', 'js', '--json')
    expect(lastJson(on)).toMatchObject({ steps: UPDATES * 64, kernels: 'js' })
    expect(runOf('moved')).toEqual(runOf('whole'))
  })

  test('says until then that it has not ended', async () => {
    const run = copied('unended')
    rmSync(join(run, 'replay.json'))
    const { code, stderr } = await proximal(folder, 'replay', 'unended')
    expect([code, stderr]).toEqual([
      2,
      'proximal: unended: has not finished: continue with proximal train --resume\n',
    ])
  })

  test('whole', () => expect(whole).toMatchObject({ code: 0, stderr: '' }))
})

describe('train --resume', () => {
  test('of a finished run changes nothing, and says what it is', async () => {
    const before = filesIn(join(folder, 'first'))
    const again = await proximal(folder, 'train', '--resume', 'first', '--threads', '1', '--json')
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('on from update 10 of 10, in first')
    const { sps: _, ...said } = lastJson(first)
    expect(lastJson(again)).toMatchObject(said)
    expect(filesIn(join(folder, 'first'))).toEqual(before)
  })

  test('goes on from the newest of three checkpoints; what was written after it is made again', async () => {
    expect(checkpoints('first')).toEqual(
      ['06', '09', '10'].map((update) => `000000${update}.safetensors`),
    )
    const run = copied('short')
    rmSync(join(run, 'replay.json'))
    rmSync(join(run, 'checkpoints/00000010.safetensors'))
    appendFileSync(join(run, 'metrics.jsonl'), '{"update":11,"st')
    writeFileSync(join(run, '.proximal-1-0.tmp'), 'half a file')
    const on = await proximal(folder, 'train', '--resume', 'short', '--checkpoint-every', '3')
    expect(on.stdout).toContain('on from update 9 of 10')
    expect(filesIn(run)).toEqual(filesIn(join(folder, 'first')))
  })

  test('passes over damaged checkpoints, a line for each', async () => {
    const run = copied('damaged')
    damage(run, 10)
    const on = await proximal(folder, 'train', '--resume', 'damaged', '--checkpoint-every', '3')
    const lines = on.stdout.split('\n').filter((line) => line.startsWith('passed over'))
    expect(lines).toEqual([
      'passed over  damaged/checkpoints/00000010.safetensors: expected an intact checkpoint, got a damaged or changed one, or some other file',
    ])
    expect(on.stdout).toContain('on from update 9 of 10')
    expect(filesIn(run)).toEqual(filesIn(join(folder, 'first')))
  })

  test('begins anew where all are damaged', async () => {
    const run = copied('ruined')
    for (const update of [6, 9, 10]) damage(run, update)
    const on = await proximal(folder, 'train', '--resume', 'ruined', '--checkpoint-every', '3')
    expect(on.stdout.match(/passed over/g)).toHaveLength(3)
    expect(on.stdout).toContain('on from update 0 of 10')
    expect(on.code).toBe(0)
    expect(filesIn(run)).toEqual(filesIn(join(folder, 'first')))
  })

  test('killed while all later ones are damaged: what it kept since then counts', async () => {
    const args = [...LONG, '--checkpoint-every', '10', '--out', 'twice']
    await stopped(folder, 'SIGKILL', 'twice', 60, ...args)
    for (const name of checkpoints('twice'))
      writeFileSync(join(folder, 'twice/checkpoints', name), 'no checkpoint')
    const resuming = ['train', '--resume', 'twice', '--checkpoint-every', '10']
    // Its metrics are short again before it goes on.
    writeFileSync(join(folder, 'twice/metrics.jsonl'), '')
    await stopped(folder, 'SIGKILL', 'twice', 25, ...resuming)
    const on = await proximal(folder, ...resuming)
    // What is no checkpoint is nobody's to remove: it is passed over again until a later one is due.
    expect(on.stdout).toMatch(/on from update [1-9]\d* of/)
    expect(runOf('twice')).toEqual(runOf('whole'))
  })
})

describe('train --resume refuses, in one line, and changes nothing', () => {
  /** Its exit code, when all else is as it should be. */
  const refused = async (
    run: string,
    said: string,
    ...args: readonly string[]
  ): Promise<number> => {
    const before = existsSync(join(folder, run)) ? filesIn(join(folder, run)) : {}
    const { code, stderr } = await proximal(folder, 'train', '--resume', run, ...args)
    expect(stderr).toContain(said)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(join(folder, run)) ? filesIn(join(folder, run)) : {}).toEqual(before)
    return code
  }

  test('metrics that were changed before the checkpoint', async () => {
    const path = join(copied('changed'), 'metrics.jsonl')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/"entropy":0\.6/, '"entropy":0.5'))
    expect(readFileSync(path, 'utf8')).not.toBe(text)
    expect(
      await refused(
        'changed',
        'changed/metrics.jsonl: expected the lines written before its checkpoint',
      ),
    ).toBe(2)
  })

  test('metrics that are fewer than at the checkpoint', async () => {
    const path = join(copied('fewer'), 'metrics.jsonl')
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, `${lines.slice(0, 7).join('\n')}\n`)
    expect(
      await refused('fewer', 'fewer/metrics.jsonl: expected the lines of 10 updates, got 7'),
    ).toBe(2)
  })

  test.each([
    ['seed', (config: string) => config.replace('"seed": 1', '"seed": 2')],
    ['env', (config: string) => config.replace('"env": "cartpole"', '"env": "acrobot"')],
    ['gamma', (config: string) => config.replace(/"gamma": [\d.]+/, '"gamma": 0.5')],
    ['steps', (config: string) => config.replace('"totalSteps": 640', '"totalSteps": 1280')],
  ])('a config of another run: its %s', async (name, change) => {
    const path = join(copied(`other-${name}`), 'config.json')
    const text = readFileSync(path, 'utf8')
    expect(change(text)).not.toBe(text)
    writeFileSync(path, change(text))
    expect(
      await refused(`other-${name}`, `other-${name}/config.json: expected the config that its`),
    ).toBe(2)
  })

  test('no run, half a config', async () => {
    expect(await refused('nowhere', 'nowhere/config.json')).toBe(2)
    const { code, stderr } = await proximal(join(folder, 'first'), 'train', '--resume', '')
    expect([code, stderr]).toEqual([
      2,
      'proximal: --resume: expected the folder of a run, got "": name one\n',
    ])
    const path = join(copied('half'), 'config.json')
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 50))
    expect(await refused('half', 'half/config.json: expected JSON')).toBe(2)
  })

  test('choices about the run: it goes on as it is', async () => {
    for (const option of [
      ['--steps', '1280'],
      ['--seed', '1'],
      ['--preset', 'cartpole'],
      ['--set', 'gamma=0.9'],
      ['--out', 'elsewhere'],
    ])
      expect(
        await refused('first', '--resume: expected no option that changes the run', ...option),
      ).toBe(2)
    expect(
      await refused('first', 'cartpole: expected nothing but options: leave it out', 'cartpole'),
    ).toBe(2)
  })

  test('a run that another process is using; once that has ended, it continues', async () => {
    const run = copied('held')
    const tried = await lock(run)
    if (E.isLeft(tried)) throw new Error(tried.left)
    expect(await refused('held', `held: process ${process.pid} of ${hostname()} is using it`)).toBe(
      2,
    )
    unlockFolder(tried.right)
    expect((await proximal(folder, 'train', '--resume', 'held')).code).toBe(0)
    expect(filesIn(run)).toEqual(filesIn(join(folder, 'first')))
  })
})

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximal, workshop } from '../support/cli.ts'

const RUN = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '640']
const train = (out: string) =>
  proximal(folder, 'train', 'cartpole', ...RUN, '--checkpoint-every', '2', '--out', out)
const goOn = (out: string) => proximal(folder, 'train', '--resume', out, '--checkpoint-every', '2')

const { folder, remove } = workshop()
const checkpoints = (run: string): readonly string[] =>
  readdirSync(join(folder, run, 'checkpoints')).toSorted()
const bytes = (...path: readonly string[]): Buffer => readFileSync(join(folder, ...path))

beforeAll(() => train('whole'))
afterAll(remove)

/** A folder as a process leaves it that was killed before there was a config. */
const left = (name: string, metrics = ''): void => {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'metrics.jsonl'), metrics)
  writeFileSync(
    join(folder, name, 'lock'),
    'proximal lock: process 7 of there, held by the system\n',
  )
  writeFileSync(join(folder, name, '.proximal-1-0.tmp'), '{')
}

const expectWhole = (name: string): void => {
  expect(readdirSync(join(folder, name)).toSorted()).toEqual(
    readdirSync(join(folder, 'whole')).toSorted(),
  )
  for (const file of ['replay.json', 'metrics.jsonl', 'chain', 'params.safetensors'])
    expect(bytes(name, file).equals(bytes('whole', file))).toBe(true)
}

describe('a run that was killed', () => {
  test('before it had a config begins again in its folder', async () => {
    left('early')
    expect((await train('early')).code).toBe(0)
    expectWhole('early')
  })

  test('is not taken for a folder in which there is something', async () => {
    left('taken', '{}\n')
    const { code, stderr } = await train('taken')
    expect(code).toBe(2)
    expect(stderr).toContain('expected a new or empty folder')
    expect(bytes('taken', 'metrics.jsonl').toString()).toBe('{}\n')
  })

  test('in the middle of a checkpoint leaves nothing of it, and no more than three', async () => {
    expect(checkpoints('whole')).toHaveLength(3)
    cpSync(join(folder, 'whole'), join(folder, 'middle'), { recursive: true })
    const kept = join(folder, 'middle/checkpoints')
    writeFileSync(join(kept, '.proximal-1-0.tmp'), 'PROX')
    cpSync(join(kept, checkpoints('whole')[0]!), join(kept, '00000001.safetensors'))
    expect((await goOn('middle')).code).toBe(0)
    expect(checkpoints('middle')).toEqual(checkpoints('whole'))
    expectWhole('middle')
  })

  test('keeps the checkpoint that it resumes from, however many later ones are damaged', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'damaged'), { recursive: true })
    const kept = join(folder, 'damaged/checkpoints')
    const [oldest, ...later] = checkpoints('whole') as [string, ...string[]]
    for (const name of [...later, '00000098.safetensors']) writeFileSync(join(kept, name), 'PROX')
    const { code, stdout } = await goOn('damaged')
    expect(code).toBe(0)
    expect(stdout.match(/passed over/g)).toHaveLength(3)
    // What is no checkpoint may be somebody's: it stays, under another name where one is written.
    expect(checkpoints('damaged')).toEqual(
      [
        oldest,
        ...later,
        ...later.map((name) => `${name}.aside1`),
        '00000098.safetensors',
      ].toSorted(),
    )
    expectWhole('damaged')
    for (const name of later)
      expect(bytes('damaged/checkpoints', name).equals(bytes('whole/checkpoints', name))).toBe(true)
  })
})

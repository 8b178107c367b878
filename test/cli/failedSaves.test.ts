import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, filesIn, proximal, workshop, type Ended } from '../support/cli.ts'

const SMALL = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--threads', '1']
const TRAIN = ['train', 'cartpole', ...SMALL, '--steps', '640', '--checkpoint-every', '3']
const { folder, remove } = workshop()
const failing = fileURLToPath(new URL('../support/failingDisk.js', import.meta.url))

interface Fault {
  readonly call: 'rename' | 'write'
  /** a part of the path */
  readonly of: string
  readonly from: number
  readonly to: number
}

/** Trains on a disk that is full at times. */
const trained = async (out: string, fault: Fault): Promise<Ended> => {
  const args = ['--import', failing, CLI, ...TRAIN, '--out', out]
  const env = { ...process.env, FAIL: JSON.stringify(fault) }
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, args, { cwd: folder, env })),
    }
  } catch (error) {
    return error as Ended
  }
}

const has = (run: string, name: string): boolean => existsSync(join(folder, run, name))
const checkpoints = (run: string): readonly string[] =>
  readdirSync(join(folder, run, 'checkpoints')).map((name) => name.slice(6, 8))

beforeAll(() => proximal(folder, ...TRAIN, '--out', 'whole'), 120_000)
afterAll(remove)

const expectWhole = (run: string): void => {
  const [found, expected] = [filesIn(join(folder, run)), filesIn(join(folder, 'whole'))]
  for (const name of ['metrics.jsonl', 'chain', 'params.safetensors', 'replay.json'])
    expect(found[name]).toBe(expected[name])
}

describe('a run on a full disk', () => {
  test('continues without a checkpoint, says so, and writes the next one', async () => {
    const fault = { call: 'rename', of: 'checkpoints/', from: 1, to: 2 } as const
    const { code, stdout, stderr } = await trained('some', fault)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/no checkpoint after update 3: .*the disk is full.*; the run continues/)
    expect(checkpoints('some')).toEqual(['09', '10'])
    expectWhole('some')
  })

  test('that can keep no checkpoint at all has its parameters and its record, and exits with 2', async () => {
    const fault = { call: 'rename', of: 'checkpoints/', from: 1, to: 99 } as const
    const { code, stdout, stderr } = await trained('none', fault)
    expect(code).toBe(2)
    expect(stdout.match(/; the run continues/g)).toHaveLength(1)
    expect(stderr).toMatch(/the disk is full.*; what was learned before is in none\n$/)
    expectWhole('none')
    expect((await proximal(folder, 'replay', 'none')).code).toBe(0)
  })

  test('that cannot write its parameters has its last checkpoint, from which it ends later', async () => {
    const fault = { call: 'rename', of: 'params', from: 1, to: 1 } as const
    const { code, stderr } = await trained('unended', fault)
    expect(code).toBe(2)
    expect(stderr).toContain(
      'unended/params.safetensors: the disk is full: make room and try again',
    )
    expect(checkpoints('unended')).toContain('10')
    expect(has('unended', 'replay.json')).toBe(false)
    expect((await proximal(folder, 'train', '--resume', 'unended')).code).toBe(0)
    expectWhole('unended')
  })

  test.each(['metrics.jsonl', 'chain'])(
    'that cannot write its %s any more keeps what was written whole, and goes on from there',
    async (name) => {
      const run = `full-${name}`
      const fault = { call: 'write', of: `/${name}`, from: 2, to: 99 } as const
      const { code, stderr } = await trained(join(folder, run), fault)
      expect(code).toBe(2)
      expect(stderr).toContain('the disk is full')
      const on = await proximal(folder, 'train', '--resume', run)
      expect(on).toMatchObject({ code: 0, stderr: '' })
      expect(on.stdout).not.toContain('from update 0 of')
      expectWhole(run)
    },
  )
})

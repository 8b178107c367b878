import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, workshop } from '../support/cli.ts'
import { builtUrl } from '../support/built.ts'

const { folder, remove } = workshop()
afterAll(remove)

interface Told {
  readonly hash: string
  readonly threads: number
  readonly kernels: string
}

const SMALL = ['envs=4', 'steps=16', 'minibatches=1', 'shards=16', 'hidden=[8]']
const TRAIN = [
  'train',
  'cartpole',
  '--steps',
  '128',
  '--json',
  ...SMALL.flatMap((setting) => ['--set', setting]),
]

let runs = 0
/** Trains in a process of its own, started with those options of Node. */
const trained = async (
  options: readonly string[],
  threads: number,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly [Told, string]> => {
  const args = [CLI, ...TRAIN, '--threads', String(threads), '--out', `run${runs++}`]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...options, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  return [JSON.parse(stdout) as Told, stderr]
}

let hash = ''
beforeAll(async () => {
  const [alone] = await trained([], 1)
  expect(alone.threads).toBe(1)
  hash = alone.hash
})

describe('threads learn with any option of Node', () => {
  test.each([
    '--max-old-space-size=4096',
    '--stack-size=2000',
    '--disallow-code-generation-from-strings',
    '--expose-gc',
    '--title=training',
    '--jitless',
  ])('%s', async (option) => {
    const [told] = await trained([option], 2)
    expect(told).toMatchObject({
      hash,
      threads: 2,
      kernels: option === '--jitless' ? 'js' : 'wasm',
    })
  })

  test('those of NODE_OPTIONS', async () => {
    const NODE_OPTIONS = '--max-old-space-size=4096 --disallow-code-generation-from-strings'
    const [told] = await trained([], 2, { NODE_OPTIONS })
    expect(told).toMatchObject({ hash, threads: 2 })
  })

  // An environment in another language needs its loader on every thread.
  test.each(['--import', '--require'])('%s, which every thread obeys', async (option) => {
    const [script, log] = ['cjs', 'log'].map((end) => join(folder, `loader${option}.${end}`))
    writeFileSync(
      script!,
      `require('node:fs').appendFileSync(${JSON.stringify(log)}, require('node:worker_threads').threadId + '\\n')`,
    )
    const [told] = await trained([option, script!], 3)
    expect(told).toMatchObject({ hash, threads: 3 })
    expect(readFileSync(log!, 'utf8').trim().split('\n').toSorted()).toEqual(['0', '1', '2'])
  })

  test('a program written on the command line', async () => {
    const library = builtUrl('index.js')
    const program = `
      import { env, ppo, random } from ${JSON.stringify(library)}
      const config = { ...ppo.preset('cleanrl'), steps: 8, totalSteps: 32 }
      const parts = await ppo.threadedParts(config, env.cartPole, { threads: 2 })
      const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
      await parts.stop()
      console.log(parts.threads, ended._tag)
    `
    const args = ['--input-type=module', '--stack-size=2000', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout).toBe('2 Right\n')
  })
})

test('no more threads are started than four a core, and a line says so', async () => {
  const [told, stderr] = await trained([], 200)
  const most = Math.min(16, 4 * availableParallelism())
  expect(told).toMatchObject({ hash, threads: most })
  expect(stderr).toContain(
    `threads ${most} of the 200 requested: at most one per shard and four per core are useful\n`,
  )
})

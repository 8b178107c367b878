import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximalProcess, updatesIn, workshop } from '../support/cli.ts'
import { redisServer, type RedisServer } from '../support/redisServer.ts'
import { startWorker, startProcess, type WorkerProcess } from '../support/workers.ts'

const { folder, remove } = workshop()
const train = (...args: readonly string[]) => proximalProcess(folder, 'train', ...args)
const hashIn = (run: string): string =>
  (JSON.parse(readFileSync(join(folder, run, 'replay.json'), 'utf8')) as { hash: string }).hash

let server: RedisServer
let worker: WorkerProcess

beforeAll(async () => {
  server = await redisServer()
  writeFileSync(
    join(folder, 'counter.mjs'),
    `export const counter = {
      name: 'counter',
      observationSpace: { kind: 'box', size: 1, low: [0], high: [1e9] },
      actionSpace: { kind: 'discrete', n: 2 },
      init: () => ({ age: 0 }),
      observe: ({ age }) => [age / 50],
      step: (action) => ({ age }) => [
        { reward: action, terminated: age > 20, truncated: age === 13 },
        { age: age + 1 },
      ],
    }`,
  )
  worker = await startWorker(server.url, '--env', join(folder, 'counter.mjs'), '--name', 'first')
})

afterAll(async () => {
  await worker.kill()
  await server.remove()
  remove()
})

const cartpole = 'cartpole --steps 4096 --set envs=4 --set steps=64 --seed 3'.split(' ')

describe('train --redis', () => {
  test('learns to the hash of a single process, and records the number of shards', async () => {
    const alone = await train(...cartpole, '--out', 'alone')
    const far = await train(...cartpole, '--out', 'far', '--redis', server.url, '--shards', '3')
    expect([alone.code, far.code]).toEqual([0, 0])
    expect(far.stdout).toMatch(/1 worker, [\d.]+ shards\/s/)
    expect(hashIn('far')).toBe(hashIn('alone'))
    const config = JSON.parse(readFileSync(join(folder, 'far/config.json'), 'utf8')) as object
    expect(config).toMatchObject({ distributed: { shards: 3 } })
    const replayed = await proximalProcess(folder, 'replay', 'far')
    expect(replayed.code).toBe(0)
  })

  test('acts in a module that the owner of the worker has installed', async () => {
    const args = ['./counter.mjs', '--steps', '2048', '--set', 'envs=4', '--set', 'steps=64']
    expect((await train(...args, '--out', 'own')).code).toBe(0)
    const far = await train(...args, '--out', 'ownFar', '--redis', server.url, '--audit', '1')
    expect(far.code).toBe(0)
    expect(hashIn('ownFar')).toBe(hashIn('own'))
  })

  test('goes on where a run was ended, with or without Redis', async () => {
    const run = 'cartpole --steps 16384 --set envs=4 --seed 4'.split(' ')
    const far = ['--redis', server.url, '--checkpoint-every', '2']
    const learner = startProcess(['train', ...run, '--out', join(folder, 'cut'), ...far])
    while (updatesIn(join(folder, 'cut')) < 5)
      await new Promise((resolve) => {
        setTimeout(resolve, 10)
      })
    await learner.kill()
    const resumed = await train('--resume', 'cut', '--redis', server.url)
    expect(resumed.code).toBe(0)
    expect((await train(...run, '--out', 'uncut')).code).toBe(0)
    expect(hashIn('cut')).toBe(hashIn('uncut'))
  })

  test('ends by Ctrl-C while there is no worker, with a run to go on with', async () => {
    const empty = await redisServer()
    const out = join(folder, 'waiting')
    const learner = startProcess(['train', ...cartpole, '--out', out, '--redis', empty.url])
    await learner.until('cartpole:')
    await new Promise((resolve) => {
      setTimeout(resolve, 500)
    })
    learner.child.kill('SIGINT')
    await learner.until('--resume')
    await empty.remove()
    expect((await train('--resume', 'waiting')).code).toBe(0)
    expect(hashIn('waiting')).toBe(hashIn('alone'))
  })

  test.each([
    [['--redis', 'http://x'], '--redis: expected a URL such as redis://'],
    [['--shards', '2'], '--shards: expected only with --redis'],
    [['--audit', '0.1'], '--audit: expected only with --redis'],
    [['--redis', 'redis://127.0.0.1', '--audit', '2'], '--audit: expected a share from 0 to 1'],
    [
      ['--redis', 'redis://127.0.0.1', '--backend', 'cpu'],
      '--redis: expected a bit-reproducible backend',
    ],
  ])('refuses %j', async (args, problem) => {
    const { code, stderr } = await train('cartpole', ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
  })
})

test('a worker ends by SIGTERM after its shard, and says how many it has computed', async () => {
  const second = await startWorker(server.url, '--json')
  expect(await second.kill('SIGTERM')).toBe(0)
  expect(second.said()).toContain('"shards":0')
})

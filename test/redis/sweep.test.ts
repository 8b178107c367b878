import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximalProcess, workshop } from '../support/cli.ts'
import { redisServer, type RedisServer } from '../support/redisServer.ts'
import { startProcess, startWorker } from '../support/workers.ts'

const { folder, remove } = workshop()
let server: RedisServer

beforeAll(async () => {
  server = await redisServer()
  mkdirSync(join(folder, 'runs'))
})
afterAll(async () => {
  await server.remove()
  remove()
})

const filesOf = (out: string, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, out, name), 'utf8')]))

const resultsIn = (out: string): number => {
  try {
    return readFileSync(join(folder, out, 'results.jsonl'), 'utf8').split('\n').length - 1
  } catch {
    return 0
  }
}

describe('over three workers, two of which are killed', () => {
  test('a sweep of 40 runs has the bytes of one on a single machine', async () => {
    const args =
      'sweep cartpole --set learningRate=1e-3,3e-4 --seeds 20 --steps 1024 --episodes 1'.split(' ')
    const alone = await proximalProcess(folder, ...args, '--out', 'alone')
    expect([alone.code, alone.stderr]).toEqual([0, ''])
    const workers = await Promise.all([1, 2, 3].map(() => startWorker(server.url)))
    const out = join(folder, 'far')
    const sweep = startProcess([...args, '--out', out, '--redis', server.url, '--audit', '0.05'])
    for (const [i, after] of [6, 14].entries()) {
      while (resultsIn('far') < after) await sleep(5)
      await workers[i]!.kill()
    }
    await sweep.until('sweep ')
    await new Promise((resolve) => sweep.child.once('close', resolve))
    expect(sweep.child.exitCode).toBe(0)
    await workers[2]!.kill()
    expect(resultsIn('far')).toBe(40)
    const names = ['table.md', 'runs.csv', 'report.html', 'report.svg', 'sweep.json']
    expect(filesOf('far', names)).toEqual(filesOf('alone', names))
  })
})

test('tune finds the same preset by workers as on a single machine', async () => {
  const small = '--set envs=4 --set steps=8 --set hidden=[8] --set minibatches=4'
  const size = '--steps 1152 --total-steps 3500 --seeds 1 --episodes 2'
  const args = `tune cartpole ${small} ${size}`.split(' ')
  const alone = await proximalProcess(folder, ...args, '--out', 'search')
  expect([alone.code, alone.stderr]).toEqual([0, ''])
  const worker = await startWorker(server.url)
  const far = await proximalProcess(folder, ...args, '--out', 'found', '--redis', server.url)
  await worker.kill()
  expect([far.code, far.stderr]).toEqual([0, ''])
  const names = ['tuned.json', 'trials.csv', 'summary.md', 'tune.json']
  expect(filesOf('found', names)).toEqual(filesOf('search', names))
})

test('--workers and --redis exclude each other', async () => {
  const args = ['sweep', 'cartpole', '--workers', '2', '--redis', server.url]
  const { code, stderr } = await proximalProcess(folder, ...args)
  expect([code, stderr]).toEqual([2, expect.stringContaining('--workers: expected none')])
})

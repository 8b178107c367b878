import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { sealEnvelope } from '../../src/distributed/envelope.ts'
import { isNonDeterminism } from '../../src/distributed/errors.ts'
import { identity, type Identity } from '../../src/distributed/identity.ts'
import type { Compute } from '../../src/distributed/compute.ts'
import { onRedis, type RedisExecutor } from '../../src/distributed/redis/executor.ts'
import { KEYS } from '../../src/distributed/redis/keys.ts'
import { serveShards, type ShardServer } from '../../src/distributed/redis/serve.ts'
import { decodeShard, type NamedShard } from '../../src/distributed/shard.ts'
import { redisServer, type RedisServer } from '../support/redisServer.ts'
import { alone, falseRewards, honest, rolled, runNamed } from '../support/rollouts.ts'

let server: RedisServer
let client: Redis
let executor: RedisExecutor
let told: string[]
let workers: ShardServer[]

beforeAll(async () => {
  server = await redisServer()
  client = server.client()
})
afterAll(async () => {
  client.disconnect()
  await server.remove()
})
beforeEach(async () => {
  told = []
  workers = []
  executor = await onRedis({ url: server.url, tell: (line) => told.push(line) })
})
afterEach(async () => {
  await executor.close()
  await Promise.all(workers.map(({ close }) => close()))
})

const serve = async (
  name: string,
  compute: Compute,
  own?: Identity,
): Promise<readonly string[]> => {
  const heard: string[] = []
  workers.push(
    await serveShards({
      url: server.url,
      name,
      compute,
      tell: (line) => heard.push(line),
      ...(own === undefined ? {} : { own }),
    }),
  )
  return heard
}

const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 20 })

/** The first shard of a run, as its job names it, once there is one. */
const firstJob = async (run: string): Promise<readonly [NamedShard, string]> => {
  const id = `${runNamed(run)}-0-0`
  for (;;) {
    const [key] = (await client.keys(`ppo:q:*:${id}`)) as readonly string[]
    const data = key === undefined ? null : await client.hget(key, 'data')
    if (data !== null) {
      const decoded = decodeShard(JSON.parse(data) as string)
      if (decoded._tag === 'Right') return [decoded.right, KEYS.result(decoded.right)]
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

const own = identity()

describe('a worker that does not compute like the learner', () => {
  test.each([
    [
      'of an older version',
      { ...own, version: '0.0.9' },
      `version: expected ${own.version}, got 0.0.9`,
    ],
    [
      'with another numeric fingerprint',
      { ...own, probe: 'ef'.repeat(32) },
      `numeric fingerprint: expected ${own.probe}, got ${'ef'.repeat(32)}`,
    ],
  ])('%s gets no shard, and both say how they differ', async (what, other, difference) => {
    const compute = vi.fn<Compute>(falseRewards)
    const heard = await serve('odd', compute, other)
    const rolling = rolled(executor, `worker ${what}`)
    await until(() => told.some((line) => line.includes('rejected')))
    expect(told).toContain(`worker odd: rejected: ${difference}`)
    await until(() => heard.length > 0)
    expect(heard[0]).toContain(`rejects this worker: ${difference}`)
    await serve('good', honest)
    expect(await rolling).toEqual(alone())
    expect(compute).not.toHaveBeenCalled()
  })
})

describe('false results', () => {
  test.each([
    ['of no form', () => Buffer.from('false'), 'expected a header'],
    ['that are too long', () => Buffer.alloc(40_000_000), 'expected at most'],
    [
      'of an older version',
      (shard: NamedShard) =>
        Buffer.from(sealEnvelope(shard, { ...own, version: '0.0.9' }, 'liar', new Uint8Array(9))),
      `version: expected ${own.version}, got 0.0.9`,
    ],
    [
      'of another shard',
      (shard: NamedShard) =>
        Buffer.from(sealEnvelope({ ...shard, index: 2 }, own, 'liar', new Uint8Array(9))),
      'index: expected 0, got 2',
    ],
    [
      'with a malformed payload',
      (shard: NamedShard) => Buffer.from(sealEnvelope(shard, own, 'liar', new Uint8Array(9))),
      'payload',
    ],
  ])('%s are refused, and the shard is computed again', async (what, forge, problem) => {
    const rolling = rolled(executor, what)
    const [shard, key] = await firstJob(what)
    await client.set(key, forge(shard))
    await client.rpush(KEYS.done(shard.run), `${shard.run}-0-0`)
    await until(() => told.length > 0)
    expect(told[0]).toContain(problem)
    await serve('good', honest)
    expect(await rolling).toEqual(alone())
  })

  test('that are well-formed end a run whose shards are audited, before it learns', async () => {
    await serve('liar', falseRewards)
    const ended = await rolled(executor, 'audited', 1).catch((error: unknown) => error)
    expect(isNonDeterminism(ended)).toBe(true)
    expect(String(ended)).toMatch(/as computed here, got [0-9a-f]{64} from liar$/)
  })

  test('that an honest worker finds under its key end a run', async () => {
    const rolling = rolled(executor, 'conflict').catch((error: unknown) => error)
    const [shard, key] = await firstJob('conflict')
    // The liar is faster than the honest worker, which has begun already.
    await serve('good', async (asked) => {
      const payload = await honest(asked)
      if (asked.index === 0) {
        const forged = sealEnvelope(shard, own, 'liar', await falseRewards(asked))
        await client.set(key, Buffer.from(forged))
      }
      return payload
    })
    const ended = await rolling
    expect(isNonDeterminism(ended)).toBe(true)
    expect(String(ended)).toContain('(worker good)')
  })

  test('of the same shard from two honest workers are one', async () => {
    await serve('one', honest)
    await serve('two', honest)
    expect(await rolled(executor, 'twice')).toEqual(alone())
    expect(await rolled(executor, 'twice')).toEqual(alone())
  })

  test('a worker that always fails ends a run, with what it says', async () => {
    await serve('broken', () => Promise.reject(new Error('no such disk')))
    const ended = await rolled(executor, 'broken').catch((error: unknown) => error)
    expect(String(ended)).toMatch(/^ShardFailed: shard .* no such disk \(worker broken\)$/)
  })
})

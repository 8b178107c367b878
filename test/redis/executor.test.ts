import { afterAll, beforeAll } from 'vitest'
import { onRedis, type RedisExecutor } from '../../src/distributed/redis/executor.ts'
import { serveShards, type ShardServer } from '../../src/distributed/redis/serve.ts'
import { shardThread } from '../../src/distributed/threads.ts'
import { executorLaws } from '../law/shards.ts'
import { builtUrl } from '../support/built.ts'
import { redisServer, type RedisServer } from '../support/redisServer.ts'

const worker = new URL(builtUrl('distributed/shardThread.js'))
const threads = [shardThread({ worker }), shardThread({ worker })]

let server: RedisServer
let workers: readonly ShardServer[]
let executor: RedisExecutor

beforeAll(async () => {
  server = await redisServer()
  const { url } = server
  workers = await Promise.all(
    threads.map(({ compute }, i) => serveShards({ url, compute, name: `worker-${i}` })),
  )
  executor = await onRedis({ url })
})

afterAll(async () => {
  await executor.close()
  await Promise.all(workers.map(({ close }) => close()))
  await Promise.all(threads.map(({ stop }) => stop()))
  await server.remove()
})

executorLaws('on Redis', () => executor, 12)

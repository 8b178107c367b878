import * as E from 'fp-ts/lib/Either.js'
import { auditing, auditor, randomSecret } from '../distributed/audit.ts'
import { computing } from '../distributed/compute.ts'
import { findIn } from '../distributed/places.ts'
import { shownUrl } from '../distributed/redis/connect.ts'
import { onRedis } from '../distributed/redis/executor.ts'
import { runShards } from '../distributed/runShards.ts'
import { readRun, shardOfRun } from '../distributed/runWork.ts'
import type { Console } from './console.ts'
import type { JobOrder } from './jobOrder.ts'
import { runHere, type JobEnd, type JobListener, type RunJobs } from './jobPool.ts'
import type { RedisOptions } from './redisOptions.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { JobChoices } from './sweepArguments.ts'

/** Runs whose environment is of one module, or of none. */
const runTogether = async (
  { url, audit: share }: RedisOptions,
  environments: readonly RunEnvironment[],
  orders: readonly JobOrder[],
  { onEnd }: JobListener,
  signal: AbortSignal,
  warn: Console['warn'],
): Promise<void> => {
  const started = performance.now()
  const audit = auditing(share, randomSecret())
  const places = environments.flatMap(({ place }) => (place === null ? [] : [place]))
  const executor = await onRedis({ url, module: orders[0]!.job.env.module ?? null, tell: warn })
  const held: Array<readonly [JobOrder, JobEnd]> = []
  const shards = orders.map(({ job }) => shardOfRun(job))
  const { keep, expectSame } = auditor(computing(findIn(places)))
  try {
    await runShards(
      executor,
      shards,
      (payload, place, from) => {
        const result = readRun(shards[place]!)(payload)
        if (E.isLeft(result)) return result
        const seconds = (performance.now() - started) / 1000
        const end = { result: result.right, seconds, isFinal: true }
        // Nobody's word is enough for a fault, which counts as worse than any result.
        if (E.isLeft(end.result) || audit(shards[place]!)) {
          keep(shards[place]!, payload, from)
          held.push([orders[place]!, end])
        } else onEnd(orders[place]!, end)
        return result
      },
      signal,
    )
    await expectSame()
    for (const [order, end] of held) onEnd(order, end)
  } finally {
    await executor.close()
  }
}

/** Makes runs on workers elsewhere, those of each module on the machines that have it. */
const runElsewhere =
  (redis: RedisOptions, environments: readonly RunEnvironment[], warn: Console['warn']): RunJobs =>
  async (orders, listener, signal) => {
    const groups = new Map<string, JobOrder[]>()
    for (const order of orders) {
      const sha256 = order.job.env.module?.sha256 ?? ''
      groups.set(sha256, [...(groups.get(sha256) ?? []), order])
    }
    const stop = new AbortController()
    const end = AbortSignal.any([signal, stop.signal])
    const ended = await Promise.allSettled(
      [...groups.values()].map(async (group) => {
        try {
          await runTogether(redis, environments, group, listener, end, warn)
        } catch (error) {
          stop.abort()
          throw error
        }
      }),
    )
    const failed = ended.find((one) => one.status === 'rejected')
    if (failed !== undefined && !signal.aborted) throw failed.reason
  }

/** Where the runs of a sweep or a search are made: in processes here, or on workers elsewhere. */
export const jobRunner = (
  { redis }: Pick<JobChoices, 'redis'>,
  environments: readonly RunEnvironment[],
  workers: number,
  { warn }: Pick<Console, 'warn'>,
): RunJobs => (redis === null ? runHere(workers) : runElsewhere(redis, environments, warn))

/** `2 at a time`, or `by the workers of redis://host`. */
export const describeRunner = ({ redis }: Pick<JobChoices, 'redis'>, workers: number): string =>
  redis === null ? `${workers} at a time` : `by the workers of ${shownUrl(redis.url)}`

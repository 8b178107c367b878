import * as E from 'fp-ts/lib/Either.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENVELOPE_BYTES, openEnvelope } from '../envelope.ts'
import { isNonDeterminism, messageOf, nonDeterminism } from '../errors.ts'
import { identity, type Identity } from '../identity.ts'
import type { NamedEnvironment } from '../rolloutSpec.ts'
import type { Accept, ShardExecutor } from '../runShards.ts'
import { nameShard, shardId, type Shard } from '../shard.ts'
import { connect, shownUrl } from './connect.ts'
import type { Tell } from './tell.ts'
import { failureOf, type Failure } from './failure.ts'
import { dropInputs, inputsOf, missingInputs, putInputs } from './inputs.ts'
import { openJobs, type Jobs } from './jobs.ts'
import { KEYS } from './keys.ts'
import { watchWorkers } from './watchWorkers.ts'

/** The progress of shards, for display. */
export interface ShardProgress {
  /** connected workers with our version and fingerprint */
  readonly workers: number
  readonly done: number
  /** jobs published again */
  readonly retries: number
}

/** Where Redis is, which environment acts, and how many bytes of results may wait. */
export interface RedisExecutorOptions {
  /** such as redis://user:password@host:6379, or rediss://host with TLS */
  readonly url: string
  /** the module of the environment; null or absent: a built-in one */
  readonly module?: NamedEnvironment['module'] | null
  /** the identity of the learner; by default this process */
  readonly own?: Identity
  /** Called with messages for people: a lost connection, a rejected worker, a refused result. */
  readonly tell?: Tell
  /** bytes of results that may wait in Redis at a time (256 MiB) */
  readonly memory?: number
}

/** An executor whose shards are computed by the workers that serve the queue. */
export interface RedisExecutor extends ShardExecutor {
  readonly progress: () => ShardProgress
}

/** Milliseconds after which everything that has no result is looked at. */
const LOOK_MS = 1000
/** Milliseconds to wait after a failure to talk to Redis, at first and at most. */
const [FIRST_WAIT, LONGEST_WAIT] = [100, 2000]
/** How often a shard may fail, or have its result refused, before the run ends. */
const MOST_FAILURES = 3
const MEMORY = 268_435_456

const isMemory = (x: number): boolean => x > 0

const conflict = (shard: Shard, { worker, message }: Failure): Error =>
  nonDeterminism(`shard ${shardId(shard)}: ${message} (worker ${worker})`)

/** A shard that is being computed. */
interface Pending {
  readonly place: number
  readonly shard: Shard
  failures: number
}

/**
 * An executor over BullMQ on Redis or Valkey. Redis is only a cache: missing inputs and jobs are published
 * again, and a result is accepted only if it is complete and belongs to the shard. If a second result of a
 * shard differs, `run` rejects with a NonDeterminismError.
 *
 * @throws RangeError unless `memory` is > 0 bytes
 */
export const onRedis = async ({
  url,
  module = null,
  own = identity(),
  tell = () => undefined,
  memory = MEMORY,
}: RedisExecutorOptions): Promise<RedisExecutor> => {
  if (!isMemory(memory)) throw new RangeError(`memory: expected bytes > 0, got ${memory}`)
  const client = await connect(url, false, tell)
  const blocking = await connect(url, false, tell)
  const watch = await watchWorkers(client, own, tell)
  let jobs: Jobs | null = null
  let [done, retries] = [0, 0]
  /** of the results so far */
  let longest = 0
  /** parameters of the last shards, which a worker may still be fetching */
  let before: readonly string[] = []

  const jobsHere = async (): Promise<Jobs> => (jobs ??= await openJobs(client, own, module))

  let trouble: string | null = null
  /** Tells of trouble with Redis when it begins, and when it is over. */
  const tellOnce = (problem: string | null): void => {
    if (problem !== null && trouble === null)
      tell(`${shownUrl(url)}: ${problem}; everything will be published again once Redis responds`)
    if (problem === null && trouble !== null) tell(`${shownUrl(url)}: answers again`)
    trouble = problem
  }

  const windowFor = (shards: readonly Shard[]): number => {
    const expected = longest > 0 ? longest : Math.max(1, ...shards.map(({ largest }) => largest))
    const inMemory = Math.max(1, Math.floor(memory / expected))
    return Math.min(Math.max(2, 2 * watch.count()), inMemory)
  }

  const fail = (pending: Pending, message: string): void => {
    pending.failures += 1
    tell(`shard ${shardId(pending.shard)}: ${message}`)
    if (pending.failures >= MOST_FAILURES)
      throw Object.assign(new Error(`shard ${shardId(pending.shard)}: ${message}`), {
        name: 'ShardFailed',
      })
  }

  /** Takes the result of a shard if it is there; whether it was taken. */
  const take = async (pending: Pending, accept: Accept): Promise<boolean> => {
    const { shard, place } = pending
    const key = KEYS.result(shard)
    const [length, noted] = await Promise.all([
      client.strlen(key),
      client.strlen(KEYS.failure(shard)),
    ])
    if (length === 0) return false
    const failure = noted === 0 ? null : await failureOf(client, shard)
    if (failure?.kind === 'conflict') throw conflict(shard, failure)
    const largest = shard.largest + ENVELOPE_BYTES
    const bytes = length > largest ? null : await client.getBuffer(key)
    if (bytes === null && length <= largest) return false
    const opened =
      bytes === null
        ? E.left(`result: expected at most ${largest} bytes, got ${length}`)
        : openEnvelope(bytes, nameShard(shard), own)
    const taken = E.isLeft(opened)
      ? opened
      : accept(place, opened.right.payload, opened.right.worker)
    if (E.isRight(taken)) {
      longest = Math.max(longest, length)
      return true
    }
    await client.unlink(key)
    fail(pending, `refused a result: ${taken.left}`)
    return false
  }

  /** Looks at everything that has no result, and publishes again what is lost. */
  const look = async (pending: ReadonlyMap<string, Pending>): Promise<void> => {
    const all = [...pending.values()]
    const shards = all.map(({ shard }) => shard)
    const lost = await missingInputs(client, inputsOf(shards))
    await putInputs(client, lost)
    const queue = await jobsHere()
    const gone = await queue.gone(shards)
    const again: Shard[] = []
    for (const shard of gone) {
      const one = pending.get(shardId(shard))!
      // Its result may have come since.
      if ((await client.strlen(KEYS.result(shard))) > 0) continue
      const failure = await failureOf(client, shard)
      if (failure !== null) {
        await client.unlink(KEYS.failure(shard))
        if (failure.kind === 'conflict') throw conflict(shard, failure)
        fail(one, `${failure.message} (worker ${failure.worker})`)
      }
      again.push(shard)
    }
    if (again.length === 0) return
    retries += again.length
    await queue.add(again)
  }

  /** Takes back what nobody needs any more: all but the spec and the last parameters. */
  const tidy = async (shards: readonly Shard[], rest: readonly Pending[]): Promise<void> => {
    if (client.status !== 'ready') return
    if (rest.length > 0) await jobs?.remove(rest.map(({ shard }) => shard))
    const params = [...new Set(shards.map((shard) => shard.params.hash))]
    const states = shards.map((shard) => shard.states.hash)
    await dropInputs(client, [...states, ...before.filter((hash) => !params.includes(hash))])
    before = params
  }

  const run = async (
    shards: readonly Shard[],
    accept: Accept,
    signal?: AbortSignal,
  ): Promise<void> => {
    const pending = new Map<string, Pending>()
    let next = 0
    let wait = FIRST_WAIT
    let looked = performance.now()
    const runs = [...new Set(shards.map((shard) => shard.run))]

    const publish = async (): Promise<void> => {
      const room = Math.min(windowFor(shards), shards.length)
      const fresh: Shard[] = []
      while (next < shards.length && pending.size < room) {
        const shard = shards[next]!
        pending.set(shardId(shard), { place: next, shard, failures: 0 })
        fresh.push(shard)
        next += 1
      }
      if (fresh.length === 0) return
      await putInputs(client, inputsOf(fresh))
      await (await jobsHere()).add(fresh)
    }

    const takeAll = async (ids: Iterable<string>): Promise<void> => {
      for (const id of ids) {
        const one = pending.get(id)
        if (one === undefined || !(await take(one, accept))) continue
        pending.delete(id)
        done += 1
        await client.unlink(KEYS.result(one.shard))
      }
    }

    const heard = async (): Promise<readonly string[]> => {
      const first = await blocking.blpop(...runs.slice(0, 1000).map(KEYS.done), 1)
      if (first === null) return []
      const more = await client.lpop(first[0], 1000)
      return [first[1], ...(more ?? [])]
    }

    try {
      while (next < shards.length || pending.size > 0) {
        signal?.throwIfAborted()
        try {
          if (performance.now() - looked > LOOK_MS) {
            await takeAll([...pending.keys()])
            await look(pending)
            looked = performance.now()
          }
          await publish()
          if (pending.size > 0) await takeAll(await heard())
          wait = FIRST_WAIT
          tellOnce(null)
        } catch (error) {
          if (isNonDeterminism(error) || (error as Error).name === 'ShardFailed') throw error
          if (signal?.aborted === true) throw error
          tellOnce(messageOf(error))
          jobs = null
          // What was published may be gone, and what failed to be published has to be.
          looked = -Infinity
          await sleep(wait, undefined, signal === undefined ? {} : { signal })
          wait = Math.min(2 * wait, LONGEST_WAIT)
        }
      }
    } finally {
      await tidy(shards, [...pending.values()]).catch(() => undefined)
    }
  }

  return {
    run,
    progress: () => ({ workers: watch.count(), done, retries }),
    close: async () => {
      await watch.stop()
      await jobs?.close()
      client.disconnect()
      blocking.disconnect()
    },
  }
}

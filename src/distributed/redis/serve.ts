import type { Job } from 'bullmq'
import * as E from 'fp-ts/lib/Either.js'
import type { Redis } from 'ioredis'
import { hashOfBytes } from '../blob.ts'
import type { Compute } from '../compute.ts'
import { openEnvelope, sealEnvelope, workerName } from '../envelope.ts'
import { isNonDeterminism, messageOf, nonDeterminism } from '../errors.ts'
import { identity, type Identity } from '../identity.ts'
import type { NamedEnvironment } from '../rolloutSpec.ts'
import { decodeShard, shardId, type NamedShard } from '../shard.ts'
import { connect, loaded } from './connect.ts'
import type { Tell } from './tell.ts'
import { noteFailure } from './failure.ts'
import { inputReader } from './inputs.ts'
import { KEPT_SECONDS, KEYS, QUEUE_PREFIX, queueName } from './keys.ts'
import { stayPresent } from './stayPresent.ts'
import { WORKER_OPTIONS } from './settings.ts'

/** Where Redis is, the name of this worker, and the environments that are installed here. */
export interface ServeOptions {
  /** such as redis://user:password@host:6379, or rediss://host with TLS */
  readonly url: string
  /** computes off this event loop, on which locks are renewed: see `shardThread` */
  readonly compute: Compute
  /** the name of this worker: up to 200 printable ASCII characters */
  readonly name: string
  /** modules of environments that are installed here, besides the built-in ones */
  readonly modules?: ReadonlyArray<NonNullable<NamedEnvironment['module']>>
  /** who serves; by default this process */
  readonly own?: Identity
  /** Called with messages for people. */
  readonly tell?: Tell
  /** gives up connecting; to end a service that runs, call its `close` */
  readonly signal?: AbortSignal
}

/** A worker that serves the queue. */
export interface ShardServer {
  /** shards computed so far */
  readonly done: () => number
  /** Stops after the current shard. */
  readonly close: () => Promise<void>
}

/** Parameters of two versions, the spec and states. */
const INPUTS_KEPT = 8

/** Runs one after the other what is asked for at once. */
const oneAtATime = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}

/** Computes a shard, writes its result, and says so. */
const working = (
  client: Redis,
  { compute, name }: ServeOptions,
  own: Identity,
): ((shard: NamedShard) => Promise<void>) => {
  const input = inputReader(client, INPUTS_KEPT)

  const expectEqual = async (shard: NamedShard, sha256: string): Promise<void> => {
    const there = await client.getBuffer(KEYS.result(shard))
    // The one who asked has taken it.
    if (there === null) return
    const opened = openEnvelope(there, shard, own)
    if (E.isRight(opened) && opened.right.sha256 === sha256) return
    const got = E.isLeft(opened) ? opened.left : `SHA-256 ${opened.right.sha256}`
    throw nonDeterminism(
      `expected one result with SHA-256 ${sha256}, found a different one under its key: ${got}`,
    )
  }

  return async (shard) => {
    if ((await client.exists(KEYS.result(shard))) === 0) {
      const [spec, params, states] = await Promise.all(
        [shard.spec, shard.params, shard.states].map(async (hash) => ({
          hash,
          bytes: await input(hash),
        })),
      )
      const payload = await compute({
        ...shard,
        spec: spec!,
        params: params!,
        states: states!,
        largest: Infinity,
      })
      const sealed = sealEnvelope(shard, own, name, payload)
      const key = KEYS.result(shard)
      const set = await client.set(key, Buffer.from(sealed.buffer), 'EX', KEPT_SECONDS, 'NX')
      if (set === null) await expectEqual(shard, hashOfBytes(payload))
    }
    const done = KEYS.done(shard.run)
    await client.multi().rpush(done, shardId(shard)).expire(done, KEPT_SECONDS).exec()
  }
}

/**
 * Serves shards from Redis or Valkey until it is closed: one at a time, for learners with the same version
 * and numeric fingerprint. A job names its inputs by their hashes; code is never sent.
 *
 * The promise rejects if the server refuses the credentials.
 *
 * @throws RangeError unless `name` is up to 200 printable characters of ASCII
 */
export const serveShards = async (options: ServeOptions): Promise<ShardServer> => {
  const { url, name, modules = [], own = identity(), tell = () => undefined, signal } = options
  if (!workerName.is(name))
    throw new RangeError(`name: expected ${workerName.name}, got ${JSON.stringify(name)}`)
  const client = await connect(url, true, tell, signal)
  const { Worker, UnrecoverableError } = await loaded(import('bullmq'))
  const work = working(client, options, own)
  const inTurn = oneAtATime()
  let done = 0

  const process = async ({ data, id }: Job<string>): Promise<void> => {
    const decoded = decodeShard(typeof data === 'string' ? data : '')
    if (E.isLeft(decoded)) throw new UnrecoverableError(decoded.left)
    const shard = decoded.right
    try {
      if (id !== shardId(shard))
        throw new UnrecoverableError(`job: expected the id ${shardId(shard)}, got ${id}`)
      await inTurn(() => work(shard))
      done += 1
    } catch (error) {
      const kind = isNonDeterminism(error) ? 'conflict' : 'error'
      await noteFailure(client, shard, { worker: name, kind, message: messageOf(error) })
      throw kind === 'conflict' ? new UnrecoverableError(messageOf(error)) : error
    }
  }

  const workers = [null, ...modules].map((module) => {
    const worker = new Worker<string>(queueName(own, module), process, {
      connection: client,
      prefix: QUEUE_PREFIX,
      name,
      skipVersionCheck: true,
      ...WORKER_OPTIONS,
    })
    worker.on('error', () => undefined)
    worker.on('failed', (_, error) => tell(`a shard failed: ${error.message}`))
    return worker
  })
  const presence = stayPresent(client, { name, ...own }, tell)
  return {
    done: () => done,
    close: async () => {
      await presence.stop()
      await Promise.all(workers.map((worker) => worker.close()))
      client.disconnect()
    },
  }
}

import { Worker } from 'node:worker_threads'
import type { ModuleUrl } from '../algo/thread/host.ts'
import type { Compute } from './compute.ts'
import { messageOf } from './errors.ts'
import type { EnvironmentPlace } from './places.ts'
import { takeOwn, type ShardExecutor } from './runShards.ts'
import type { ThreadAnswer } from './shardThread.ts'

/** The environments that a shard thread knows, and the module that it runs. */
export interface ShardThreadOptions {
  /** the environments that are installed here, besides the built-in ones */
  readonly places?: readonly EnvironmentPlace[]
  /** the module that threads run, if a bundler does not find it automatically */
  readonly worker?: ModuleUrl
}

/** A thread that computes shards, off the event loop of the one that started it. */
export interface ShardThread {
  /** Computes one shard; rejects while another is at work, or where the thread ends in the middle. */
  readonly compute: Compute
  readonly stop: () => Promise<void>
}

/** Starts a thread with the first shard; one that ends at its work is replaced for the next shard. */
export const shardThread = ({ places = [], worker }: ShardThreadOptions = {}): ShardThread => {
  let thread: Worker | null = null
  const start = (): Worker => {
    const url = worker === undefined ? new URL('./shardThread.js', import.meta.url) : worker.href
    const started = new Worker(new URL(url), { workerData: { places } })
    started.once('exit', () => {
      if (thread === started) thread = null
    })
    return started
  }
  return {
    compute: (shard) =>
      new Promise((resolve, reject) => {
        const at = (thread ??= start())
        at.ref()
        const end = (settle: () => void): void => {
          at.off('message', onMessage)
          at.off('error', onError)
          at.off('exit', onExit)
          at.unref()
          settle()
        }
        const onMessage = (answer: ThreadAnswer): void =>
          end(() =>
            answer.kind === 'payload' ? resolve(answer.payload) : reject(new Error(answer.message)),
          )
        const onError = (error: unknown): void =>
          end(() => reject(new Error(`the thread ended: ${messageOf(error)}`)))
        const onExit = (code: number): void =>
          end(() => reject(new Error(`the thread ended with exit code ${code}`)))
        at.on('message', onMessage)
        at.on('error', onError)
        at.on('exit', onExit)
        at.postMessage(shard)
      }),
    stop: async () => {
      await thread?.terminate()
    },
  }
}

/** How often a shard is tried whose thread ends at it. */
const ATTEMPTS = 3

const attempted = async (compute: Compute, ...args: Parameters<Compute>): Promise<Uint8Array> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await compute(...args)
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
}

/**
 * Computes shards on threads of this process.
 *
 * @param threads how many threads, a whole number >= 1
 * @throws RangeError when `threads` is not one
 */
export const onThreads = (threads: number, options: ShardThreadOptions = {}): ShardExecutor => {
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new RangeError(`threads: expected a whole number >= 1, got ${threads}`)
  const all = Array.from({ length: threads }, () => shardThread(options))
  return {
    run: async (shards, accept, signal) => {
      let next = 0
      const work = async ({ compute }: ShardThread, rank: number): Promise<void> => {
        while (next < shards.length) {
          signal?.throwIfAborted()
          const place = next++
          const shard = shards[place]!
          const payload = await attempted(compute, shard)
          takeOwn(accept, shard, place, payload, `thread ${rank}`)
        }
      }
      const ended = await Promise.allSettled(all.map(work))
      const failed = ended.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    close: async () => {
      await Promise.all(all.map(({ stop }) => stop()))
    },
  }
}

/** What a thread runs that computes shards, one at a time, for the thread that started it. */
import { parentPort, workerData } from 'node:worker_threads'
import { computing } from './compute.ts'
import { messageOf } from './errors.ts'
import { findIn, type EnvironmentPlace } from './places.ts'
import type { Shard } from './shard.ts'

/** A shard's payload, or why there is none. */
export type ThreadAnswer =
  | { readonly kind: 'payload'; readonly payload: Uint8Array }
  | { readonly kind: 'error'; readonly message: string }

const { places } = workerData as { readonly places: readonly EnvironmentPlace[] }
const port = parentPort!
const compute = computing(findIn(places))

port.on('message', (shard: Shard) => {
  compute(shard).then(
    (payload) => {
      const answer: ThreadAnswer = { kind: 'payload', payload }
      port.postMessage(answer, [payload.buffer as ArrayBuffer])
    },
    (error: unknown) =>
      port.postMessage({ kind: 'error', message: messageOf(error) } satisfies ThreadAnswer),
  )
})

import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'
import { differenceOf, type Identity } from '../identity.ts'
import type { Tell } from './tell.ts'
import { announce, whoIsThere, withdraw } from './presence.ts'

/** Milliseconds between looks. */
const APART = 2000

/** Knows the workers that are there. */
export interface WorkerWatch {
  /** workers that compute like us */
  readonly count: () => number
  readonly stop: () => Promise<void>
}

/** Counts the workers, and tells of those that are rejected, with both sides; says that a learner is there. */
export const watchWorkers = async (
  client: Redis,
  own: Identity,
  tell: Tell,
): Promise<WorkerWatch> => {
  const name = randomUUID()
  const rejected = new Set<string>()
  let count = 0
  const look = async (): Promise<void> => {
    await announce(client, 'learner', { name, ...own })
    const there = await whoIsThere(client, 'worker')
    count = 0
    for (const worker of there) {
      const difference = differenceOf(own, worker)
      if (difference === null) count += 1
      else if (!rejected.has(worker.name)) {
        rejected.add(worker.name)
        tell(`worker ${worker.name}: rejected: ${difference}`)
      }
    }
  }
  // Whoever waits for results tells of lost connections.
  const quietly = (): Promise<void> => look().catch(() => undefined)
  await quietly()
  const timer = setInterval(() => void quietly(), APART)
  timer.unref()
  return {
    count: () => count,
    stop: async () => {
      clearInterval(timer)
      if (client.status === 'ready') await withdraw(client, 'learner', name).catch(() => undefined)
    },
  }
}

import type { Redis } from 'ioredis'
import { differenceOf } from '../identity.ts'
import type { Tell } from './tell.ts'
import { announce, whoIsThere, withdraw, type Present } from './presence.ts'

/** Milliseconds between two signs of life. */
const APART = 5000

/** Says again and again that a worker is there, and tells of learners that reject it, with both sides. */
export const stayPresent = (client: Redis, worker: Present, tell: Tell) => {
  const told = new Set<string>()
  const look = async (): Promise<void> => {
    if (client.status !== 'ready') return
    await announce(client, 'worker', worker)
    for (const learner of await whoIsThere(client, 'learner')) {
      const difference = differenceOf(learner, worker)
      if (difference === null || told.has(learner.name)) continue
      told.add(learner.name)
      tell(`learner ${learner.name}: rejects this worker: ${difference}`)
    }
  }
  const quietly = (): Promise<void> => look().catch(() => undefined)
  void quietly()
  const timer = setInterval(() => void quietly(), APART)
  timer.unref()
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer)
      if (client.status === 'ready')
        await withdraw(client, 'worker', worker.name).catch(() => undefined)
    },
  }
}

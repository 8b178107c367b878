import { setImmediate } from 'node:timers/promises'

/** Minimum milliseconds between two pauses. */
const APART = 20

/**
 * Returns a function that yields to signals and timers at most every 20 ms: yielding in every iteration
 * would slow down loops whose iterations take microseconds.
 */
export const pauses = (): (() => Promise<void>) => {
  let last = performance.now()
  return async () => {
    const now = performance.now()
    if (now - last < APART) return
    last = now
    await setImmediate()
  }
}

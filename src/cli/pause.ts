import { setImmediate } from 'node:timers/promises'

/** Milliseconds from one pause to the next. */
const APART = 20

/**
 * Lets signals and timers in, now and then: a loop that never waits would keep them out, and one
 * that waits each time would be slower where a turn takes microseconds.
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

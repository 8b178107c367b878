import { isPromised, type Later } from '../engine/task.ts'

/** Default milliseconds to wait for an answer: five minutes. */
export const DEFAULT_TIMEOUT = 300_000

/** Maximum milliseconds of `setTimeout`; longer timeouts are not enforced. */
const LONGEST = 0x7fff_ffff

/**
 * Returns a valid timeout.
 *
 * @throws RangeError unless it is milliseconds > 0, or Infinity
 */
export const expectTimeout = (timeout: number): number => {
  if (typeof timeout === 'number' && timeout > 0) return timeout
  throw new RangeError(`timeout: expected milliseconds > 0, or Infinity, got ${String(timeout)}`)
}

/**
 * Rejects with `late()` if an answer takes longer than `timeout` milliseconds; Infinity waits for ever.
 * A late rejection is ignored, and no timer outlives the answer.
 *
 * @param late makes the error
 * @param tooLate called with an answer that comes after the timeout
 */
export const withTimeout = <T>(
  answer: Later<T>,
  timeout: number,
  late: () => Error,
  tooLate: (answer: T) => void = () => undefined,
): Later<T> => {
  if (timeout > LONGEST || !isPromised(answer)) return answer
  return new Promise<T>((resolve, reject) => {
    let isLate = false
    const own = Promise.resolve(answer)
    const timer = setTimeout(() => {
      isLate = true
      reject(late())
    }, timeout)
    own.then(
      (value) => {
        clearTimeout(timer)
        if (isLate) tooLate(value)
        else resolve(value)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

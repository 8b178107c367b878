import { isPromised, type Later } from './task.ts'

/** How long an answer is waited for unless somebody says otherwise: five minutes. */
export const DEFAULT_TIMEOUT = 300_000

/** The longest that timers know of; beyond it nobody keeps time. */
const LONGEST = 0x7fff_ffff

/** @throws RangeError unless it is milliseconds > 0, or Infinity */
export const expectTimeout = (timeout: number): number => {
  if (typeof timeout === 'number' && timeout > 0) return timeout
  throw new RangeError(`timeout: expected milliseconds > 0, or Infinity, got ${String(timeout)}`)
}

/**
 * An answer that is waited for `timeout` milliseconds, or for ever where that is Infinity. What
 * comes later, if only that the promise is broken, is ignored, and no timer outlives the answer.
 *
 * @param late makes the error of an answer that does not come in time
 * @param tooLate is handed an answer that comes after it
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

import type { Pause } from '../engine/task.ts'
import { shown } from '../tensor/shown.ts'

/** The source of a frame budget's frames and time. */
export interface FrameBudgetOptions {
  /**
   * a promise of the next frame; by default `requestAnimationFrame` where there is one, else the next
   * turn of the event loop
   */
  readonly frame?: () => PromiseLike<unknown>
  /** milliseconds since any fixed moment; `performance.now` by default */
  readonly now?: () => number
}

interface Host {
  readonly requestAnimationFrame?: (callback: () => void) => unknown
  readonly setImmediate?: (callback: () => void) => unknown
  readonly setTimeout: (callback: () => void) => unknown
  readonly performance: { readonly now: () => number }
}

const expectFunction = (argument: string, expected: string, got: unknown): void => {
  if (typeof got !== 'function')
    throw new RangeError(`${argument}: expected ${expected}, got ${shown(got)}`)
}

const host = globalThis as unknown as Host

const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    if (host.requestAnimationFrame !== undefined) host.requestAnimationFrame(() => resolve())
    else (host.setImmediate ?? host.setTimeout)(() => resolve())
  })

/**
 * A pause for `pausingParts`: training works for so many milliseconds of each frame, and leaves the rest to
 * the page. A piece of work that has begun is finished, so a frame may take longer by the longest piece: a
 * step of all environments, or a part of a minibatch. Browsers stop the frames of hidden pages, and training
 * with them, unless you supply your own `frame`. The clock decides only when training waits, never what it
 * computes.
 *
 * @param milliseconds of work in a frame, a finite number > 0; 6 leaves most of a frame at 60 Hz
 * @throws RangeError unless `milliseconds` is a finite number > 0, and `frame` and `now` are functions
 */
export const frameBudget = (
  milliseconds: number,
  { frame = nextFrame, now = () => host.performance.now() }: FrameBudgetOptions = {},
): Pause => {
  if (!(Number.isFinite(milliseconds) && milliseconds > 0))
    throw new RangeError(
      `milliseconds: expected a finite number > 0, got ${shown(milliseconds)}: 6 leaves most of a frame at 60 Hz`,
    )
  expectFunction('frame', 'a function that returns a promise of the next frame', frame)
  expectFunction('now', 'a function that returns milliseconds, such as Date.now', now)
  let start = -Infinity
  return () => {
    if (now() - start < milliseconds) return null
    return frame().then(() => {
      start = now()
    })
  }
}

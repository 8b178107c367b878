interface Scheduler {
  readonly setImmediate?: (callback: () => void) => unknown
}

/**
 * Resolves after other tasks have had their turn: messages, timers, drawing. Await it now and then in a
 * handler that computes for a long time. Takes microseconds, unlike `setTimeout`, which waits 4 ms.
 */
export const breath = (): Promise<void> => {
  const { setImmediate } = globalThis as Scheduler
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
}

/** Resolves after the given number of milliseconds, or when the signal aborts. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })

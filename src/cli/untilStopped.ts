/** What tells a process that otherwise runs for ever to end. */
export interface Stop {
  readonly signal: AbortSignal
  /** resolves at the first Ctrl-C or SIGTERM */
  readonly stopped: Promise<void>
  readonly release: () => void
}

export const untilStopped = (): Stop => {
  const stopping = new AbortController()
  const stop = (): void => stopping.abort(new Error('stopped'))
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve())
  })
  // The second of each ends the process as usual.
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return {
    signal: stopping.signal,
    stopped,
    release: (): void => {
      process.removeListener('SIGINT', stop)
      process.removeListener('SIGTERM', stop)
    },
  }
}

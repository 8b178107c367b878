import { messageOf, type Problem } from './problem.ts'

/** What an error says that no one caught, as a timer in a user's module may throw it. */
export const uncaught = (error: unknown): Problem => `uncaught error: ${messageOf(error)}`

/** What ends a run from outside of it, as far as it has happened. */
export interface Watch {
  /** by the first Ctrl-C; the second one ends the process as usual */
  readonly interrupted: () => boolean
  /** the first error that nothing caught, or null */
  readonly failure: () => Problem | null
  readonly stop: () => void
}

/**
 * Listens to Ctrl-C and to errors that nothing catches, so that a run can keep what it has first.
 *
 * @param onInterrupted is called at the first Ctrl-C, to end what is waited for
 */
export const watchProcess = (onInterrupted: () => void = () => undefined): Watch => {
  let interrupted = false
  let failure: Problem | null = null
  const onInterrupt = () => {
    interrupted = true
    onInterrupted()
  }
  const onError = (error: unknown) => {
    failure ??= uncaught(error)
  }
  process.once('SIGINT', onInterrupt)
  process.on('uncaughtException', onError)
  return {
    interrupted: () => interrupted,
    failure: () => failure,
    stop: () => {
      process.removeListener('SIGINT', onInterrupt)
      process.removeListener('uncaughtException', onError)
    },
  }
}

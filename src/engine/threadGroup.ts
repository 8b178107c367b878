/** One thread's view of the threads that run a program together. */
export interface ThreadGroup {
  /** 0 is the caller's thread */
  readonly rank: number
  readonly size: number
  /** Returns when all threads have arrived here. */
  readonly barrier: () => void
  /** Says that this thread is alive, which long work does now and then. */
  readonly heartbeat: () => void
}

const nothing = (): void => undefined

/** A single thread, which never waits. */
export const singleThread: ThreadGroup = { rank: 0, size: 1, barrier: nothing, heartbeat: nothing }

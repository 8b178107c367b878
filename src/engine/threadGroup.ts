/** The threads that run one program together, as one of them sees it. */
export interface ThreadGroup {
  /** 0 is the caller's thread */
  readonly rank: number
  readonly size: number
  /** Returns when all threads have come here. */
  readonly barrier: () => void
  /** Says that this thread is alive, which long work does now and then. */
  readonly heartbeat: () => void
}

const nothing = (): void => undefined

/** One thread alone, which waits for nobody. */
export const singleThread: ThreadGroup = { rank: 0, size: 1, barrier: nothing, heartbeat: nothing }

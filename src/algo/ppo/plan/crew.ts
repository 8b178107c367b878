/** The threads that run one program together, as one of them sees it. */
export interface Crew {
  /** 0 is the thread that the caller is on */
  readonly rank: number
  readonly size: number
  /** Returns when all have come here. */
  readonly barrier: () => void
}

/** Nobody else: nothing to wait for. */
export const alone: Crew = { rank: 0, size: 1, barrier: () => undefined }

/** One end of a channel of messages: a Worker, a worker's own scope, or a MessagePort. */
export interface Port {
  readonly postMessage: (message: unknown, transfer: ArrayBuffer[]) => void
  readonly addEventListener: (
    type: 'message',
    listener: (event: { readonly data: unknown }) => void,
  ) => void
  /** a MessagePort delivers nothing before it is called */
  readonly start?: () => void
}

/** A web Worker, or any object with its methods. */
export interface WorkerLike {
  readonly postMessage: Port['postMessage']
  readonly addEventListener: (
    type: 'message' | 'error' | 'messageerror',
    listener: (event: { readonly data?: unknown; readonly message?: string }) => void,
  ) => void
  readonly terminate: () => void
}

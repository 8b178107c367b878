/** Why a request to a worker has no answer. */
export interface Problem {
  /**
   * `lost`: the worker died, or could not be started, before it answered; `aborted`: the caller's signal
   * or `close` ended the request; `failed`: the handler threw
   */
  readonly kind: 'lost' | 'aborted' | 'failed'
  readonly message: string
}

export const lost = (message: string): Problem => ({ kind: 'lost', message })

export const aborted: Problem = { kind: 'aborted', message: 'the request was aborted' }

/** What a handler threw, as data. */
export const failed = (error: unknown): Problem => ({
  kind: 'failed',
  message: error instanceof Error ? error.message : String(error),
})

/** Milliseconds after which a job whose worker is silent may go to another one. */
export const LOCK_MS = 10_000

/** Milliseconds between looks for such jobs: recovery takes at most the sum of both. */
export const STALLED_MS = 5_000

/**
 * Options of jobs. A job that has ended leaves nothing behind, since one that is kept would turn a later
 * one of the same id into nothing.
 */
export const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'fixed', delay: 250 },
  removeOnComplete: true,
  removeOnFail: true,
} as const

/** Options of workers: a job at a time, since a shard keeps a core busy. */
export const WORKER_OPTIONS = {
  concurrency: 1,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_MS,
  maxStalledCount: 3,
  // Otherwise a worker whose connection was lost would sleep for 15 s.
  runRetryDelay: 500,
} as const

/** The messages between the process of a command and the processes that make its runs. */
import type { BackendName } from '../kernel/backends.ts'
import type { Outcome } from '../sweep/result.ts'
import type { Job } from '../sweep/plan.ts'

/** A run to make, and what it is made with. */
export interface JobOrder {
  readonly job: Job
  /** the environment as the user named it in this command: a built-in one, or a module */
  readonly argument: string
  readonly kernels: BackendName
}

export type JobMessage =
  /** environment steps of training so far */
  | { readonly kind: 'steps'; readonly steps: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly seconds: number }
  /** the run ended in a way that a repetition would reproduce */
  | { readonly kind: 'fault'; readonly message: string; readonly seconds: number }
  /** another attempt may succeed */
  | { readonly kind: 'lost'; readonly message: string }

import type { Either } from 'fp-ts/lib/Either.js'
import type { Problem } from './problem.ts'

/** What a page sends to its worker. */
export type ToWorker =
  | {
      readonly kind: 'call'
      readonly id: number
      readonly name: string
      readonly argument: unknown
    }
  | {
      readonly kind: 'stream'
      readonly id: number
      readonly name: string
      readonly argument: unknown
      /** how many items the worker may send before it is asked for more */
      readonly credit: number
    }
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'ping' }

/** What a worker sends to its page. */
export type ToPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'item'; readonly id: number; readonly value: unknown }
  /** the last message of a request: its answer, or null at the end of a stream */
  | { readonly kind: 'end'; readonly id: number; readonly result: Either<Problem, unknown> }

const MARK = 'proximal'

type Marked<M> = M & { readonly [MARK]: 1 }

/** Marks a message, so that both sides can share a port with other messages. */
export const marked = <M extends ToWorker | ToPage>(message: M): Marked<M> => ({
  ...message,
  [MARK]: 1,
})

const isMarked = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && (data as Record<string, unknown>)[MARK] === 1

/** A message of a page, or null for any other. */
export const fromPage = (data: unknown): ToWorker | null =>
  isMarked(data) ? (data as ToWorker) : null

/** A message of a worker, or null for any other. */
export const fromWorker = (data: unknown): ToPage | null =>
  isMarked(data) ? (data as ToPage) : null

import type { Either } from 'fp-ts/lib/Either.js'
import type { Problem } from './problem.ts'

/** What a handler knows about the request besides its argument. */
export interface Call {
  /** aborts when the page no longer wants the answer */
  readonly signal: AbortSignal
}

/**
 * The handlers of a worker, by name. A handler gets one argument, which structured cloning must be able to
 * copy. A function that returns a value or a promise answers calls; an async generator function answers
 * streams, and is pulled only as fast as the page consumes. An `Either` that a handler returns arrives
 * unchanged, with `Problem` added to its errors.
 */
export interface Handlers {
  // A method, so that a handler may take an argument of its own type.
  readonly [name: string]: { of(argument: never, call: Call): unknown }['of']
}

type ArgumentOf<F> = F extends (...given: infer A) => unknown ? A[0] : never

type Returned<F> = F extends (...given: never) => infer R ? R : never

/** Whether a handler yields; one that always throws does not. */
type Yields<F> = [Returned<F>] extends [never]
  ? false
  : Returned<F> extends AsyncIterable<unknown>
    ? true
    : false

/** The names of the handlers that answer with streams. */
export type StreamName<H> = { [N in keyof H]: Yields<H[N]> extends true ? N : never }[keyof H] &
  string

/** The names of the handlers that answer once. */
export type CallName<H> = Exclude<keyof H & string, StreamName<H>>

type Flattened<A> = [A] extends [Either<infer X, infer B>]
  ? Either<Problem | X, B>
  : Either<Problem, A>

/** What a call resolves to. */
export type AnswerOf<H, N extends keyof H> = Flattened<Awaited<Returned<H[N]>>>

/** What a stream yields. */
export type ItemOf<H, N extends keyof H> =
  Returned<H[N]> extends AsyncIterable<infer I> ? Either<Problem, I> : never

/** The settings of a call: a signal that aborts it. */
export interface CallOptions {
  /** cancels the call: the worker is told, and the answer is a left */
  readonly signal?: AbortSignal
}

/** The settings of a stream: a signal that aborts it, and how far the worker may be ahead. */
export interface StreamOptions extends CallOptions {
  /** how many items the worker may be ahead of the page (2) */
  readonly ahead?: number
}

/** The arguments of a request: a handler that takes none needs none. */
export type Request<H, N extends keyof H, O> =
  undefined extends ArgumentOf<H[N]>
    ? [argument?: ArgumentOf<H[N]>, options?: O]
    : unknown extends ArgumentOf<H[N]>
      ? [argument?: undefined, options?: O]
      : [argument: ArgumentOf<H[N]>, options?: O]

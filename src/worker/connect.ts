import * as E from 'fp-ts/lib/Either.js'
import { openConnection, type Connection } from './connection.ts'
import type {
  AnswerOf,
  CallName,
  CallOptions,
  ItemOf,
  Request,
  StreamName,
  StreamOptions,
} from './handlers.ts'
import type { WorkerLike } from './port.ts'
import { aborted, lost, type Problem } from './problem.ts'

/** Sends requests to one worker, whose handlers are of type H: `typeof handlers`. */
export interface Requests<H> {
  /** Resolves to the handler's answer, or to Left of the reason why there is none. Never rejects. */
  readonly call: <N extends CallName<H>>(
    name: N,
    ...request: Request<H, N, CallOptions>
  ) => Promise<AnswerOf<H, N>>
  /**
   * The items of a stream, each a Right; if the stream breaks off, the last item is a Left. The worker is
   * never more than `ahead` items ahead of the consumer. Leaving the loop ends the stream.
   */
  readonly stream: <N extends StreamName<H>>(
    name: N,
    ...request: Request<H, N, StreamOptions>
  ) => AsyncGenerator<ItemOf<H, N>, void, undefined>
}

/** A client of a worker that is restarted when it dies. */
export interface Client<H> extends Requests<H> {
  /** Terminates the worker and starts another; pending requests end as `lost`. */
  readonly restart: () => void
  /** Terminates the worker for good; pending requests end as `aborted`. */
  readonly close: () => void
}

/** How a client restores a worker that died, and how long it waits for one. */
export interface ConnectOptions<H> {
  /** Called with each new worker before other requests reach it, to restore what the last one knew. */
  readonly restore?: (requests: Requests<H>) => Promise<unknown>
  /** Called when a worker is lost. */
  readonly onLost?: (problem: Problem) => void
  /** how long a worker with pending requests may not respond before it counts as lost (60,000) */
  readonly timeoutMs?: number
}

/** A worker that dies this many times in a row, without any answer, is not restarted. */
const MOST_STARTS = 3

const requestsOver = <H>(
  ready: () => Promise<E.Either<Problem, Connection>>,
  onAnswer: () => void,
): Requests<H> => ({
  call: async (name, ...[argument, options]) => {
    type Answer = AnswerOf<H, typeof name>
    const { signal } = options ?? {}
    if (signal?.aborted === true) return E.left(aborted) as Answer
    const opened = await ready()
    if (E.isLeft(opened)) return opened as Answer
    const result = await new Promise<E.Either<Problem, unknown>>((resolve) => {
      const { cancel } = opened.right.request(
        { kind: 'call', name, argument },
        {
          item: () => undefined,
          end: (ended) => {
            signal?.removeEventListener('abort', cancel)
            resolve(ended)
          },
        },
      )
      if (signal?.aborted === true) cancel()
      else signal?.addEventListener('abort', cancel)
    })
    onAnswer()
    return result as Answer
  },

  stream: async function* (name, ...[argument, options]) {
    type Item = ItemOf<H, typeof name>
    const { signal, ahead = 2 } = options ?? {}
    if (signal?.aborted === true) {
      yield E.left(aborted) as Item
      return
    }
    const opened = await ready()
    if (E.isLeft(opened)) {
      yield opened as Item
      return
    }
    const items: unknown[] = []
    let ended: E.Either<Problem, unknown> | null = null
    let wake = (): void => undefined
    const { more, cancel } = opened.right.request(
      { kind: 'stream', name, argument, credit: ahead },
      {
        item: (value) => {
          items.push(value)
          wake()
        },
        end: (result) => {
          ended = result
          wake()
        },
      },
    )
    signal?.addEventListener('abort', cancel)
    try {
      for (;;) {
        while (items.length > 0) {
          const item = items.shift()
          more()
          onAnswer()
          yield E.right(item) as Item
        }
        const result = ended as E.Either<Problem, unknown> | null
        if (result !== null) {
          if (E.isLeft(result)) yield result as Item
          return
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      signal?.removeEventListener('abort', cancel)
      cancel()
    }
  },
})

/**
 * Starts a worker and sends it requests, typed by its handlers. If it dies, another is started, and
 * pending requests end as `lost`.
 *
 *     const client = connect<Handlers>(
 *       () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
 *     )
 *     const answer = await client.call('double', 21)
 *
 * @param makeWorker makes a worker whose module calls `serve`
 * @throws RangeError unless `timeoutMs` is > 0
 */
export const connect = <H>(
  makeWorker: () => WorkerLike,
  { restore, onLost, timeoutMs = 60_000 }: ConnectOptions<H> = {},
): Client<H> => {
  if (!(timeoutMs > 0))
    throw new RangeError(`timeoutMs: expected milliseconds > 0, got ${timeoutMs}`)
  let isClosed = false
  /** starts since the last answer */
  let starts = 0

  const begin = (isFirst: boolean): { connection: Connection; opened: Opened } => {
    starts += 1
    const connection = openConnection(makeWorker(), timeoutMs, (problem) => {
      onLost?.(problem)
      again(problem)
    })
    const opened = connection.ready.then(async (result): Promise<E.Either<Problem, Connection>> => {
      if (E.isLeft(result)) return result
      if (!isFirst && restore !== undefined) {
        const known = Promise.resolve(E.right(connection))
        await restore(
          requestsOver(
            () => known,
            () => undefined,
          ),
        )
      }
      return E.right(connection)
    })
    return { connection, opened }
  }

  const again = (problem: Problem): void => {
    if (isClosed) return
    if (starts >= MOST_STARTS) current = { ...current, opened: Promise.resolve(E.left(problem)) }
    else current = begin(false)
  }

  type Opened = Promise<E.Either<Problem, Connection>>
  let current = begin(true)

  return {
    ...requestsOver<H>(
      () => current.opened,
      () => {
        starts = 0
      },
    ),
    restart: () => {
      const problem = lost('the worker was restarted')
      current.connection.close(problem)
      onLost?.(problem)
      again(problem)
    },
    close: () => {
      isClosed = true
      current.connection.close(aborted)
      current = { ...current, opened: Promise.resolve(E.left(aborted)) }
    },
  }
}

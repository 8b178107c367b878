import * as E from 'fp-ts/lib/Either.js'
import { isStart } from '../algo/thread/host.ts'
import { nodeStart } from '../algo/thread/nodeStart.ts'
import type { Handlers } from './handlers.ts'
import { fromPage, marked, type ToPage, type ToWorker } from './messages.ts'
import type { Port } from './port.ts'
import { failed, type Problem } from './problem.ts'
import { unwrapped } from './transfer.ts'

/** A request at work. */
interface Open {
  readonly abort: () => void
  /** Allows one more item of a stream. */
  readonly more: () => void
}

type Handler = (argument: unknown, call: { readonly signal: AbortSignal }) => unknown

const isEither = (u: unknown): u is E.Either<unknown, unknown> =>
  typeof u === 'object' && u !== null && '_tag' in u && (u._tag === 'Left' || u._tag === 'Right')

/** Throws where nobody catches: an `error` event of the Worker tells its page, a rejection does not. */
const uncaught = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })

/** Counts what may be sent, and waits where nothing may. */
const credits = (start: number, signal: AbortSignal) => {
  const now = { left: start }
  let wake = (): void => undefined
  signal.addEventListener('abort', () => wake())
  return {
    more: () => {
      now.left += 1
      wake()
    },
    /** Resolves when one more item may be sent, or nobody wants it any longer. */
    take: async (): Promise<void> => {
      while (now.left === 0 && !signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      now.left -= 1
    },
  }
}

/**
 * Answers the requests of a page with these handlers. Call it as the last statement of a worker's module.
 *
 *     serve({
 *       double: (n: number) => 2 * n,
 *       count: async function* (to: number) { for (let i = 0; i < to; i++) yield i },
 *     })
 *
 * The worker can also be a thread of training, in pages and in Node: `training` starts further workers from
 * the URL of this one, and `threadedParts` takes its URL as `worker`. So call `serve` without awaiting
 * anything before it.
 *
 * @param port where requests come from; by default the worker's own scope
 */
export const serve = (handlers: Handlers, port: Port = globalThis as unknown as Port): void => {
  // Node hands a thread what it begins with; pages send it.
  const given = nodeStart()
  if (given !== null) {
    import('../algo/thread/workInNode.ts')
      .then(({ workInNode }) => workInNode(given))
      .catch(uncaught)
    return
  }
  const open = new Map<number, Open>()
  const send = (message: ToPage, buffers: ArrayBuffer[] = []): void =>
    port.postMessage(marked(message), buffers)

  const end = (id: number, result: E.Either<Problem, unknown>, buffers?: ArrayBuffer[]): void => {
    open.delete(id)
    try {
      send({ kind: 'end', id, result }, buffers)
    } catch (error) {
      // What cannot be cloned must not leave the page waiting.
      send({ kind: 'end', id, result: E.left(failed(error)) })
    }
  }

  const handlerOf = (name: string): Handler => {
    if (!Object.hasOwn(handlers, name))
      throw new RangeError(
        `request: expected one of ${Object.keys(handlers).join(', ')}, got ${JSON.stringify(name)}`,
      )
    return handlers[name] as Handler
  }

  const call = async ({ id, name, argument }: ToWorker & { kind: 'call' }): Promise<void> => {
    const controller = new AbortController()
    open.set(id, { abort: () => controller.abort(), more: () => undefined })
    try {
      const { signal } = controller
      const { value, buffers } = unwrapped(await handlerOf(name)(argument, { signal }))
      end(id, isEither(value) ? (value as E.Either<Problem, unknown>) : E.right(value), buffers)
    } catch (error) {
      end(id, E.left(failed(error)))
    }
  }

  const stream = async (request: ToWorker & { kind: 'stream' }): Promise<void> => {
    const { id, name, argument, credit } = request
    const controller = new AbortController()
    const { signal } = controller
    const { more, take } = credits(credit, signal)
    open.set(id, { abort: () => controller.abort(), more })
    try {
      const items = handlerOf(name)(argument, { signal }) as AsyncIterable<unknown>
      const each = items[Symbol.asyncIterator]()
      for (;;) {
        await take()
        if (signal.aborted) break
        const { done, value: item } = await each.next()
        if (done === true) break
        const { value, buffers } = unwrapped(item)
        send({ kind: 'item', id, value }, buffers)
      }
      await each.return?.()
      end(id, E.right(null))
    } catch (error) {
      end(id, E.left(failed(error)))
    }
  }

  port.addEventListener('message', ({ data }) => {
    const message = fromPage(data)
    if (message === null) {
      if (isStart(data))
        import('../algo/thread/work.ts').then(({ workInWeb }) => workInWeb(data)).catch(uncaught)
      return
    }
    if (message.kind === 'ping') send({ kind: 'pong' })
    else if (message.kind === 'call') void call(message)
    else if (message.kind === 'stream') void stream(message)
    else if (message.kind === 'more') open.get(message.id)?.more()
    else open.get(message.id)?.abort()
  })
  port.start?.()
  send({ kind: 'ready' })
}

import * as E from 'fp-ts/lib/Either.js'
import { fromWorker, marked, type ToWorker } from './messages.ts'
import type { WorkerLike } from './port.ts'
import { aborted, lost, type Problem } from './problem.ts'
import { unwrapped } from './transfer.ts'

/** Takes the items of a stream, and the end of any request. */
interface Receiver {
  readonly item: (value: unknown) => void
  readonly end: (result: E.Either<Problem, unknown>) => void
}

/** One worker, from its start to its end. */
export interface Connection {
  /** Resolves when the worker listens; Left where it died before. */
  readonly ready: Promise<E.Either<Problem, void>>
  /** Sends a request; returns what cancels it. */
  readonly request: (
    message:
      | { readonly kind: 'call'; readonly name: string; readonly argument: unknown }
      | {
          readonly kind: 'stream'
          readonly name: string
          readonly argument: unknown
          readonly credit: number
        },
    receiver: Receiver,
  ) => { readonly more: () => void; readonly cancel: () => void }
  /** Terminates the worker and ends every pending request with that problem. */
  readonly close: (problem: Problem) => void
}

/**
 * Talks with one worker.
 *
 * @param timeoutMs how long a worker with pending requests may not respond before it counts as lost
 * @param onLost called once, when the worker dies by itself
 */
export const openConnection = (
  worker: WorkerLike,
  timeoutMs: number,
  onLost: (problem: Problem) => void,
): Connection => {
  const pending = new Map<number, Receiver>()
  let next = 0
  let isOpen = true
  /** how many checks found no sign of life since the last message */
  let silent = 0
  let settleReady: (result: E.Either<Problem, void>) => void = () => undefined
  const ready = new Promise<E.Either<Problem, void>>((resolve) => {
    settleReady = resolve
  })

  const send = (message: ToWorker, buffers: ArrayBuffer[] = []): void => {
    if (isOpen) worker.postMessage(marked(message), buffers)
  }

  const close = (problem: Problem): void => {
    if (!isOpen) return
    isOpen = false
    clearInterval(checking)
    worker.terminate()
    settleReady(E.left(problem))
    const receivers = [...pending.values()]
    pending.clear()
    for (const { end } of receivers) end(E.left(problem))
  }

  const lose = (message: string): void => {
    if (!isOpen) return
    const problem = lost(message)
    close(problem)
    onLost(problem)
  }

  const CHECKS = 4
  const checking = setInterval(() => {
    if (pending.size === 0) return
    silent += 1
    if (silent > CHECKS) lose(`the worker did not respond for ${timeoutMs} ms`)
    else send({ kind: 'ping' })
  }, timeoutMs / CHECKS)

  worker.addEventListener('message', ({ data }) => {
    silent = 0
    const message = fromWorker(data)
    if (message === null || !isOpen) return
    if (message.kind === 'ready') settleReady(E.right(undefined))
    else if (message.kind === 'item') pending.get(message.id)?.item(message.value)
    else if (message.kind === 'end') {
      const receiver = pending.get(message.id)
      pending.delete(message.id)
      receiver?.end(message.result)
    }
  })
  worker.addEventListener('error', ({ message }) =>
    lose(`the worker ended with an error: ${message ?? 'it could not be started'}`),
  )
  worker.addEventListener('messageerror', () => lose('a message from the worker could not be read'))

  return {
    ready,
    request: (message, receiver) => {
      const id = next++
      if (!isOpen) {
        receiver.end(E.left(lost('the worker was lost before the request reached it')))
        return { more: () => undefined, cancel: () => undefined }
      }
      const { value, buffers } = unwrapped(message.argument)
      pending.set(id, receiver)
      silent = 0
      send({ ...message, argument: value, id }, buffers)
      return {
        more: () => send({ kind: 'more', id }),
        cancel: () => {
          if (!pending.delete(id)) return
          send({ kind: 'cancel', id })
          receiver.end(E.left(aborted))
        },
      }
    },
    close,
  }
}

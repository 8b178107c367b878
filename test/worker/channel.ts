import { MessageChannel } from 'node:worker_threads'
import { serve, type Handlers, type Port, type WorkerLike } from '../../src/worker/index.ts'

/** A worker that runs here, behind a real channel that copies messages, and can be made to die. */
export interface FakeWorker extends WorkerLike {
  /** The worker stops to respond, as one that hangs does. */
  readonly hang: () => void
  /** The worker reports an error, as one does that throws outside of a handler. */
  readonly die: (message: string) => void
}

/** Makes workers that serve handlers, fresh ones for each, over a channel of their own. */
export const workersOf = (makeHandlers: () => Handlers) => {
  const made: FakeWorker[] = []
  const make = (): FakeWorker => {
    const { port1, port2 } = new MessageChannel()
    const errors: ((event: { readonly message?: string }) => void)[] = []
    serve(makeHandlers(), port2 as unknown as Port)
    const worker: FakeWorker = {
      postMessage: (message, transfer) => port1.postMessage(message, transfer),
      addEventListener: (type, listener) => {
        if (type === 'message') {
          ;(port1 as unknown as Port).addEventListener('message', listener)
          port1.start()
        } else if (type === 'error') errors.push(listener)
      },
      terminate: () => {
        port1.close()
        port2.close()
      },
      hang: () => port2.close(),
      die: (message) => {
        port1.close()
        for (const listener of errors) listener({ message })
      },
    }
    made.push(worker)
    return worker
  }
  return { make, made }
}

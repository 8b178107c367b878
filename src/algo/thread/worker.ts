/** The module that threads run. */
import { fail } from '../../engine/signals.ts'
import type { Start } from './host.ts'
import { nodeModule } from './nodeModule.ts'
import { sending } from './sending.ts'
import { work, workInWeb, type Mail } from './work.ts'

const scope = globalThis as {
  readonly addEventListener?: (
    type: 'message',
    listener: (event: { readonly data: Start }) => void,
  ) => void
  readonly postMessage?: unknown
}

if (typeof scope.postMessage === 'function')
  scope.addEventListener?.('message', ({ data }) => void workInWeb(data))
else {
  const { parentPort, receiveMessageOnPort, workerData } = nodeModule('node:worker_threads')
  const { start, port } = workerData as {
    readonly start: Start
    readonly port: import('node:worker_threads').MessagePort
  }
  const mail: Mail = {
    take: () => (receiveMessageOnPort(port) as { readonly message: [] }).message,
    send: sending((value) => port.postMessage(value)),
  }
  // Not awaited here: bundlers of classic workers refuse modules that wait at their top level.
  void work(
    start,
    start.source === null ? null : mail,
    () => parentPort?.postMessage('ready'),
    (signals, isDone) =>
      process.once('exit', (code) => {
        if (!isDone())
          fail(signals(), 'lost', `thread ${start.rank}: ended with exit code ${code} at its work`)
      }),
  ).then(() => {
    port.close()
    // Ends this thread alone, whatever timers or sockets the module of an environment has left open.
    process.exit()
  })
}

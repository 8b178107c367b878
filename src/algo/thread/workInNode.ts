import { fail } from '../../engine/signals.ts'
import { nodeModule } from './nodeModule.ts'
import type { NodeStart } from './nodeStart.ts'
import { sending } from './sending.ts'
import { work, type Mail } from './work.ts'

/** What a thread of training does in Node, to its end. */
export const workInNode = ({ start, port }: NodeStart): void => {
  const { parentPort, receiveMessageOnPort } = nodeModule('node:worker_threads')
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
          fail(signals(), 'lost', `thread ${start.rank}: exited with code ${code} during its work`)
      }),
  ).then(() => {
    port.close()
    // Ends this thread alone, whatever timers or sockets the module of an environment has left open.
    process.exit()
  })
}

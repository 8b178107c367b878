/**
 * What a second core is worth right now. Two cores of a virtual machine may be two halves of one,
 * from one minute to the next; then nothing that keeps its arithmetic units busy gains by a second
 * thread, however well it is cut. So two copies of the fastest product are run, side by side and
 * with nothing to say to each other: no program of two threads can be expected to gain more.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { buildAlone } from '../../src/engine/runtime.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import { secondsOf, timesToFill } from './rounds.ts'

const [ROWS, WIDTH] = [128, 64]

/** Multiplies a minibatch by a layer's weights, so many times. */
const product = (): ((times: number) => void) => {
  const { run } = buildAlone(wasm, ({ own, record }) => {
    const [out, x, w] = [
      own.floats(ROWS * WIDTH),
      own.floats(ROWS * WIDTH),
      own.floats(WIDTH * WIDTH),
    ]
    return record(({ matmul }) => matmul.nn(out, x, w, null, ROWS, WIDTH, WIDTH))
  })
  return (times) => {
    for (let i = 0; i < times; i++) run()
  }
}

/** Products to do, and how many threads are done with them. */
const [TIMES, DONE] = [0, 1]

const serve = (control: Int32Array): void => {
  const multiply = product()
  timesToFill(0.1, multiply)
  for (;;) {
    Atomics.wait(control, TIMES, 0)
    const times = Atomics.exchange(control, TIMES, 0)
    if (times < 0) return
    multiply(times)
    Atomics.add(control, DONE, 1)
    Atomics.notify(control, DONE)
  }
}

/** A piece that gives the speed of two threads ÷ that of one, and how to end it. */
export const cores = (
  seconds: number,
): { readonly piece: () => number; readonly stop: () => void } => {
  const control = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL(import.meta.url), { workerData: control })
  worker.unref()
  const multiply = product()
  const times = timesToFill(seconds / 2, multiply)
  const hand = (command: number): void => {
    Atomics.store(control, TIMES, command)
    Atomics.notify(control, TIMES)
  }
  return {
    piece: () => {
      const alone = secondsOf(() => multiply(times))
      Atomics.store(control, DONE, 0)
      const together = secondsOf(() => {
        hand(times)
        multiply(times)
        Atomics.wait(control, DONE, 0)
      })
      return (2 * alone) / together
    },
    stop: () => hand(-1),
  }
}

if (!isMainThread) serve(workerData as Int32Array)

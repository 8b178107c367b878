import { run, runInFrames } from './run.js'
import { goesOn, keeps } from './storage.ts'

const told = (error) => String(error)

/** `run` where a page had better learn: in a worker. */
const inWorker = (threads, backend) =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }) => resolve(data))
    worker.addEventListener('error', ({ message }) => resolve(message))
    worker.postMessage([threads, backend])
  })

globalThis.results = {
  page1: await run(1, 'auto'),
  page2: await run(2, 'auto'),
  worker1: await inWorker(1, 'wasm'),
  worker2: await inWorker(2, 'wasm'),
  worker3: await inWorker(3, 'js'),
}
globalThis.inFrames = await runInFrames()
globalThis.kept = { keeps: await keeps().catch(told), goesOn: await goesOn().catch(told) }
document.title = 'done'

import { run } from './run.js'

globalThis.addEventListener('message', async ({ data: [threads, backend] }) =>
  globalThis.postMessage(await run(threads, backend)),
)

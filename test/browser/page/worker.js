import { run } from './run.js'

globalThis.addEventListener('message', async ({ data: [threads, maker] }) =>
  globalThis.postMessage(await run(threads, maker)),
)

#!/usr/bin/env node
import { exitWhenWritten, write } from './output.ts'
import { run } from './run.ts'
import { uncaught } from './watchProcess.ts'

// Otherwise the process would print a raw stack, and end with the code of a replay that differs.
process.on('uncaughtException', (error: unknown) => {
  // A run that learns listens as well, keeps what it has, and ends by itself.
  if (process.listenerCount('uncaughtException') > 1) return
  write(process.stderr, `proximal: ${uncaught(error)}\n`)
  process.exit(2)
})

process.exitCode = await run(process.argv.slice(2), process)
exitWhenWritten()

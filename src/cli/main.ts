#!/usr/bin/env node
import { exitWhenWritten, write } from './output.ts'
import { run } from './run.ts'
import { uncaught } from './watchProcess.ts'

let hasEnded = false

// The module of an environment may call process.exit, with 0, though nothing was done.
process.on('exit', () => {
  if (hasEnded) return
  write(
    process.stderr,
    'proximal: the process ended before the command did: a module of an environment must not call process.exit\n',
  )
  process.exitCode = 2
})

// Otherwise the process would print a raw stack, and end with the code of a replay that differs.
process.on('uncaughtException', (error: unknown) => {
  // A run that learns listens as well, keeps what it has, and ends by itself.
  if (process.listenerCount('uncaughtException') > 1) return
  write(process.stderr, `proximal: ${uncaught(error)}\n`)
  hasEnded = true
  process.exit(2)
})

process.exitCode = await run(process.argv.slice(2), process)
hasEnded = true
exitWhenWritten()

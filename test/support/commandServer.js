/**
 * Runs commands of the built command line, one after the other, in one process that is started once:
 * each message `{ cwd, args }` is answered with `{ code, stdout, stderr }`.
 */
import { run } from '../../.build/tested/dist/cli/run.js'

const written = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr'])
  process[name].write = (text, ...rest) => {
    written[name] += typeof text === 'string' ? text : Buffer.from(text).toString()
    rest.find((each) => typeof each === 'function')?.()
    return true
  }
// Each command listens to errors of the streams.
process.stdout.setMaxListeners(0)
process.stderr.setMaxListeners(0)

process.on('message', async ({ cwd, args }) => {
  process.chdir(cwd)
  Object.assign(written, { stdout: '', stderr: '' })
  const code = await run(args, process)
  process.send({ code, ...written })
})
process.on('disconnect', () => process.exit())

import { spawn, type ChildProcess } from 'node:child_process'
import { CLI } from './cli.ts'

/** A process of `proximal worker`. */
export interface WorkerProcess {
  readonly child: ChildProcess
  /** all that it has printed */
  readonly said: () => string
  /** Resolves once it has printed that. */
  readonly until: (text: string) => Promise<void>
  /** Ends it at once, and waits for its end; resolves to its exit code. */
  readonly kill: (signal?: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
}

/** Starts a process of the built command line, such as a worker. */
export const startProcess = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): WorkerProcess => {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let said = ''
  const listeners = new Set<() => void>()
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      resolve(code)
      for (const listener of listeners) listener()
    })
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text.toString()
      for (const listener of listeners) listener()
    })
  return {
    child,
    said: () => said,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const hasEnded = child.exitCode !== null || child.signalCode !== null
          if (!said.includes(text) && !hasEnded) return
          listeners.delete(look)
          if (said.includes(text)) resolve()
          else reject(new Error(`expected ${text}, the process ended with: ${said}`))
        }
        listeners.add(look)
        look()
      }),
    kill: (signal = 'SIGKILL') => {
      child.kill(signal)
      return ended
    },
  }
}

/** Starts `proximal worker`, and waits until it serves. */
export const startWorker = async (
  url: string,
  ...args: readonly string[]
): Promise<WorkerProcess> => {
  const started = startProcess(['worker', '--redis', url, ...args])
  await started.until('serves')
  return started
}

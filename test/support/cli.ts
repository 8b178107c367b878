import { execFile, fork, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { linksIn } from '../../src/run/links.ts'
import { built } from './built.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const CLI = built('cli/main.js')

/** Runs the built command line as a user does, in a process of its own, in that folder. */
export const proximalProcess = async (cwd: string, ...args: readonly string[]): Promise<Ended> => {
  try {
    const ended = await promisify(execFile)(process.execPath, [CLI, ...args], { cwd })
    return { code: 0, ...ended }
  } catch (error) {
    const { code, stdout, stderr } = error as Ended
    return { code, stdout, stderr }
  }
}

let server: ChildProcess | null = null

const startServer = (): ChildProcess => {
  const child = fork(join(process.cwd(), 'test/support/commandServer.js'), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.once('exit', () => {
    server = null
  })
  return child
}

const ask = (cwd: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = (server ??= startServer())
    const onExit = (code: number | null): void =>
      reject(new Error(`proximal ${args.join(' ')}: the process ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (ended) => {
      child.off('exit', onExit)
      child.unref()
      child.channel?.unref()
      resolve(ended as Ended)
    })
    child.ref()
    child.channel?.ref()
    child.send({ cwd, args })
  })

let isBusy = false

/**
 * Runs the built command line in that folder, in a process that commands share, since starting one takes
 * longer than most commands. They run one after the other: `proximalProcess` runs beside another.
 */
export const proximal = async (cwd: string, ...args: readonly string[]): Promise<Ended> => {
  if (isBusy) throw new Error(`proximal ${args.join(' ')}: expected the last command to have ended`)
  isBusy = true
  try {
    return await ask(cwd, args)
  } finally {
    isBusy = false
  }
}

/** A folder of its own for a test, and how to be rid of it. */
export const workshop = () => {
  const folder = mkdtempSync(join(tmpdir(), 'proximal-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** How many updates a run has written down. */
export const updatesIn = (run: string): number => {
  const metrics = join(run, 'metrics.jsonl')
  return existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0
}

/** The links of a run's hash chain. */
export const chainIn = (run: string): readonly string[] => linksIn(readFileSync(join(run, 'chain')))

/** Runs it until `run` has so many updates, and then sends it a signal; what it ended with. */
export const stopped = async (
  cwd: string,
  signal: 'SIGINT' | 'SIGKILL',
  run: string,
  updates: number,
  ...args: readonly string[]
): Promise<Ended & { readonly signal: string | null }> => {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const poll = setInterval(() => {
    if (updatesIn(join(cwd, run)) < updates) return
    clearInterval(poll)
    child.kill(signal)
  }, 2)
  const [stdout, stderr, end] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    new Promise<{ code: number; signal: string | null }>((resolve) => {
      child.once('close', (code, by) => resolve({ code: code ?? -1, signal: by }))
    }),
  ])
  clearInterval(poll)
  return { ...end, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** Every file below a folder, byte by byte. */
export const filesIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  )

import { spawn } from 'node:child_process'
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CLI } from '../support/cli.ts'

/** When a process is killed: after so many seconds, or so long after that many changes of files. */
export interface Moment {
  readonly after: 'start' | 'change'
  /** which change, from 1; 0 for the start */
  readonly change: number
  readonly seconds: number
}

/** What became of a process. */
export interface Life {
  readonly killed: boolean
  readonly code: number | null
  readonly said: string
  readonly seconds: number
  /** how many changes of the run's files were seen */
  readonly changes: number
}

/** Hears of changes in a folder and its checkpoints, which need not be there yet. */
const watchRun = (run: string, hear: () => void): (() => void) => {
  const watchers: FSWatcher[] = []
  const seen = new Set<string>()
  const look = (folder: string, within: string | null): void => {
    if (seen.has(folder) || !existsSync(folder)) return
    seen.add(folder)
    watchers.push(
      watch(folder, (_, name) => {
        if (folder === dirname(run)) {
          if (name !== basename(run)) return
          look(run, 'checkpoints')
        } else if (within !== null) look(join(folder, within), null)
        hear()
      }),
    )
  }
  look(dirname(run), basename(run))
  look(run, 'checkpoints')
  look(join(run, 'checkpoints'), null)
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

/** Runs the built command line until it ends, or until that moment. */
export const live = (run: string, args: readonly string[], moment: Moment | null): Promise<Life> =>
  new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: string[] = []
    let changes = 0
    let timer: NodeJS.Timeout | undefined
    const killIn = (seconds: number): void => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), 1000 * seconds)
    }
    const stop = watchRun(run, () => {
      changes += 1
      if (moment?.after !== 'change' || changes !== moment.change) return
      if (moment.seconds > 0) killIn(moment.seconds)
      else child.kill('SIGKILL')
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => said.push(text.toString()))
    if (moment?.after === 'start') killIn(moment.seconds)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      stop()
      resolve({
        killed: signal === 'SIGKILL',
        code,
        said: said.join(''),
        seconds: (performance.now() - started) / 1000,
        changes,
      })
    })
  })

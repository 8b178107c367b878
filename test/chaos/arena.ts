import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { foldIn, key } from '../../src/random/index.ts'
import { uniforms53 } from '../../src/random/uniform.ts'
import { updatesIn } from '../support/cli.ts'
import { redisServer } from '../support/redisServer.ts'
import { startProcess, type WorkerProcess } from '../support/workers.ts'
import { isRun } from '../kill/folder.ts'

export const VICTIMS = ['worker', 'learner', 'redis'] as const

export type Victim = (typeof VICTIMS)[number]

/** What happened to the runs of an arena. */
export interface Outcome {
  readonly kills: Readonly<Record<Victim, number>>
  /** seconds from the death of a worker to the next update of its learner */
  readonly recoveries: readonly number[]
  readonly runs: number
  readonly problems: readonly string[]
}

export interface Arena {
  readonly name: string
  readonly folder: string
  readonly seed: number
  /** of processes and servers, in all */
  readonly kills: number
  /** of redis-server */
  readonly options: readonly string[]
  /** a run that nobody killed, in one process */
  readonly reference: string
  readonly args: readonly string[]
  readonly say: (line: string) => void
}

const WORKERS = 2
/** Seconds without an update after which a run is lost. */
const LOST = 60
/** What equal runs have in common, to the byte. */
const FILES = ['chain', 'metrics.jsonl', 'params.safetensors']

const differences = (run: string, reference: string): readonly string[] =>
  FILES.filter((name) => !readFileSync(join(run, name)).equals(readFileSync(join(reference, name))))

/** Runs with two workers and a server of their own, whose processes are killed until there were enough. */
export const fight = async (arena: Arena): Promise<Outcome> => {
  const { name, folder, seed, reference, args, say } = arena
  mkdirSync(folder, { recursive: true })
  const server = await redisServer(...arena.options)
  const worker = (): WorkerProcess => startProcess(['worker', '--redis', server.url])
  const workers = Array.from({ length: WORKERS }, worker)
  const kills: Record<Victim, number> = { worker: 0, learner: 0, redis: 0 }
  const total = (): number => kills.worker + kills.learner + kills.redis
  const recoveries: number[] = []
  const problems: string[] = []
  let runs = 0
  let draws = 0
  const drawn = (n: number): readonly number[] =>
    uniforms53(foldIn(key(seed), draws++), n) as unknown as readonly number[]

  const begin = (run: string): WorkerProcess => {
    const which = isRun(run) ? ['--resume', run] : [...args, '--shards', '4', '--out', run]
    const how = ['--redis', server.url, '--checkpoint-every', '5', '--threads', '1']
    return startProcess(['train', ...which, ...how])
  }

  const hasEnded = ({ child }: WorkerProcess): boolean =>
    child.exitCode !== null || child.signalCode !== null

  /** Waits for an update, or the end of the run; seconds that it took. */
  const progress = async (run: string, learner: WorkerProcess, from: number): Promise<number> => {
    const started = performance.now()
    const waited = (): number => (performance.now() - started) / 1000
    while (updatesIn(run) <= from && !hasEnded(learner)) {
      if (waited() > LOST) throw new Error(`${name}: no update for ${LOST} s: ${learner.said()}`)
      await sleep(10)
    }
    return waited()
  }

  /** One run, whose processes are killed at random moments. */
  const struggle = async (run: string): Promise<void> => {
    let learner = begin(run)
    while (!hasEnded(learner)) {
      if (total() >= arena.kills) {
        await progress(run, learner, Infinity)
        break
      }
      const [moment, second, which] = drawn(3) as [number, number, number]
      await Promise.race([sleep(300 + 2200 * moment), progress(run, learner, Infinity)])
      if (hasEnded(learner)) break
      // Each in its turn, so that everybody dies.
      const victim = VICTIMS[total() % VICTIMS.length]!
      // How long others take to recover is no part of how long a worker does.
      if (victim === 'worker') {
        await progress(run, learner, updatesIn(run))
        await sleep(300 * second)
      }
      if (hasEnded(learner)) break
      kills[victim] += 1
      say(`${name}: ${victim} killed after update ${updatesIn(run)}`)
      if (victim === 'worker') {
        const place = Math.floor(which * WORKERS)
        await workers[place]!.kill()
        const seconds = await progress(run, learner, updatesIn(run))
        recoveries.push(seconds)
        say(`${name}: goes on after ${seconds.toFixed(1)} s`)
        workers[place] = worker()
      } else if (victim === 'learner') {
        await learner.kill()
        learner = begin(run)
      } else {
        await server.kill()
        await sleep(1500 * second)
        await server.start()
      }
    }
    runs += 1
    const code = learner.child.exitCode
    if (code !== 0) problems.push(`${name}: ended with ${code}: ${learner.said()}`)
    else
      for (const file of differences(run, reference)) problems.push(`${name}: ${file} is another`)
  }

  try {
    while (total() < arena.kills) await struggle(join(folder, `run${runs}`))
  } catch (error) {
    problems.push(String(error))
  }
  await Promise.all(workers.map((one) => one.kill()))
  await server.remove()
  return { kills, recoveries, runs, problems }
}

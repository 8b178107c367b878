/** What a thread runs: it makes its program of what it is sent, and then does job after job. */
import type { PlannedEnvironment } from './plannable.ts'
import { worlds } from '../../../env/worlds.ts'
import type { Slot } from '../../../env/wrapper/vectorise.ts'
import { makers } from '../../../kernel/makers.ts'
import type { Start, WorldSource } from './host.ts'
import {
  breathe,
  fail,
  failWith,
  isFromThread,
  nextJob,
  sharedCrew,
  type Signals,
} from './signals.ts'
import { sending } from './sending.ts'
import { sizesOf, type Sizes } from './arrays.ts'
import { JOBS, jobOf, layPlan, program, type PlanSpec } from './plan.ts'

/** A message port of Node, and how to read it without an event loop. */
interface Mail {
  readonly take: () => ReadonlyArray<Slot<unknown>>
  readonly send: (value: unknown) => void
}

const worldOf = async (source: WorldSource): Promise<PlannedEnvironment<unknown>> => {
  if ('world' in source) return worlds[source.world] as PlannedEnvironment<unknown>
  const module = (await import(/* @vite-ignore */ source.module)) as {
    readonly [name: string]: PlannedEnvironment<unknown> | undefined
  }
  const found = module[source.name]
  if (found === undefined)
    throw new RangeError(`source: expected an export ${source.name} in ${source.module}, got none`)
  return found
}

const said = ({ kind, observations, outputs, actions }: Sizes): string =>
  `${observations} features and ${kind === 'categorical' ? `${outputs} actions` : `actions of ${actions} numbers`}`

/** Throws unless the world is of the sizes of the one that the plan was made for. */
const expectSizes = ({ config, sizes }: PlanSpec, env: PlannedEnvironment<unknown>): void => {
  const own = sizesOf(config, env)
  if (said(own) !== said(sizes))
    throw new RangeError(
      `source: expected a world of ${said(sizes)}, got ${env.name} of ${said(own)}`,
    )
}

const serve = async (
  { maker: name, spec, memory, rank, patience, looks, source }: Start,
  mail: Mail | null,
  ready: () => void,
  onDeath: (signals: () => Signals, isDone: () => boolean) => void,
): Promise<void> => {
  const maker = makers[name]
  const laid = layPlan(maker, spec, memory)
  const signals = { control: laid.control, message: laid.message, size: spec.size, patience, looks }
  let isDone = false
  onDeath(
    () => signals,
    () => isDone,
  )
  try {
    const env = source === null ? null : await worldOf(source)
    if (env !== null) expectSizes(spec, env)
    const crew = sharedCrew(signals, rank)
    // That the norm of a gradient is not finite is seen by all; the first thread says it for all.
    const { act, learn } = program(
      maker,
      spec,
      memory,
      laid,
      env,
      crew,
      () => undefined,
      () => breathe(signals, rank),
    )
    ready()
    for (let done = 0; ;) {
      done = nextJob(signals, done)
      const job = jobOf(laid.job)
      if (job.kind === JOBS.stop) break
      if (job.kind === JOBS.learn) learn(job)
      else {
        if (mail !== null) mail.send(act(job.key, mail.take()))
        crew.barrier()
      }
    }
  } catch (error) {
    if (!isFromThread(error)) failWith(signals, error)
    ready()
  }
  isDone = true
}

const scope = globalThis as {
  readonly addEventListener?: (
    type: 'message',
    listener: (event: { readonly data: Start }) => void,
  ) => void
  readonly postMessage?: (message: unknown) => void
  readonly close?: () => void
}

if (typeof scope.postMessage === 'function')
  scope.addEventListener?.('message', ({ data }) => {
    const ready = () => scope.postMessage?.('ready')
    void serve(data, null, ready, () => undefined).then(() => scope.close?.())
  })
else {
  const { parentPort, receiveMessageOnPort, workerData } = await import('node:worker_threads')
  const { start, port } = workerData as {
    readonly start: Start
    readonly port: import('node:worker_threads').MessagePort
  }
  const mail: Mail = {
    take: () => (receiveMessageOnPort(port) as { readonly message: [] }).message,
    send: sending((value) => port.postMessage(value)),
  }
  await serve(
    start,
    start.source === null ? null : mail,
    () => parentPort?.postMessage('ready'),
    (signals, isDone) =>
      process.once('exit', (code) => {
        if (!isDone())
          fail(signals(), 'lost', `thread ${start.rank}: ended with exit code ${code} at its work`)
      }),
  )
  port.close()
  // Ends this thread alone, whatever timers or sockets the module of an environment has left open.
  process.exit()
}

import { worlds, type WorldName } from '../../../env/worlds.ts'
import type { Environment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Slot } from '../../../env/wrapper/vectorise.ts'
import { maker as makerOf, type MakerName } from '../../../kernel/makers.ts'
import type { PolicyParams } from '../../policy.ts'
import type { PpoConfig } from '../config.ts'
import { asWritten, checked, parts, type Parts } from '../parts.ts'
import type { Acted } from './act.ts'
import { engineOver, explainer, specOf, type Doers } from './engine.ts'
import {
  cores,
  expectSharing,
  hasMail,
  startThread,
  type ModuleUrl,
  type Start,
  type WorldSource,
} from './host.ts'
import { JOBS, layPlan, ownWorlds, planMemory, program, writeJob } from './plan.ts'
import { isPlannable } from './plannable.ts'
import {
  asOwn,
  breathe,
  expectWhole,
  fail,
  failWith,
  hasFailed,
  isFromThread,
  post,
  sharedCrew,
} from './signals.ts'

export interface ThreadOptions {
  /**
   * number of threads, including the caller's. At most config.shards, since threads share the shards,
   * and at most four per core; only the caller's if the config or environment has no plan
   */
  readonly threads: number
  readonly maker?: MakerName | 'auto'
  /**
   * Where a thread can import the world, so that worlds are cut among the threads, too; their
   * states then go from thread to thread as structured clones: plain data, no functions or classes. Not needed for the worlds of the
   * library. A world without a source acts on the caller's thread.
   */
  readonly source?: WorldSource
  /** milliseconds of waiting without a sign of life after which a thread counts as dead (30,000) */
  readonly patience?: number
  /** the module that threads run, `proximal/worker`, where a bundler does not find it by itself */
  readonly worker?: ModuleUrl
}

/** Parts with threads behind them. */
export interface ThreadedParts<S, A extends Space = Space> extends Parts<S, A> {
  readonly threads: number
  /** Ends the threads, and with them the use of these parts. */
  readonly stop: () => Promise<void>
}

/** What a job says that does not learn. */
const NOTHING = {
  key: { words: [0, 0] },
  learningRate: 0,
  clip: 0,
  valueClip: null,
  beta1Power: 0,
  beta2Power: 0,
} as const

/** More threads than cores gain nothing, and each takes about 20 MB. */
const MOST_PER_CORE = 4

/** Half a millisecond of looking, where every thread has a core to look on. */
const LOOKS = 100_000

const sourceOf = <S>(env: Environment<S>): WorldSource | null => {
  const found = Object.entries(worlds).find(([, world]) => (world as unknown) === env)
  return found === undefined ? null : { world: found[0] as WorldName }
}

/**
 * `parts` on several threads over shared memory, to the same bits for any number of them: worlds and
 * minibatches are cut into config.shards, and their gradients added up in the order of the shards.
 *
 * With threads beside the caller's an error is the end of them, and every later call throws it
 * again; where several worlds fail at once, any of them is the one that is told of. Where a thread
 * dies, the call at hand throws an Error named ThreadLost. Pages of the web need cross-origin isolation, act on the
 * calling thread, and had better train in a worker: a page that waits may not sleep.
 *
 * @throws RangeError when the config cannot be
 */
export const threadedParts = async <S, A extends Space = Space>(
  config: PpoConfig,
  env: Environment<S, A>,
  options: ThreadOptions,
): Promise<ThreadedParts<S, A>> => {
  checked(config)
  const { threads, patience = 30_000 } = options
  if (!(patience > 0)) throw new RangeError(`patience: expected milliseconds > 0, got ${patience}`)
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new RangeError(`threads: expected a whole number >= 1, got ${threads}`)
  const there = await cores()
  const size = Math.min(threads, config.shards, MOST_PER_CORE * there)
  const maker = makerOf(options.maker ?? 'auto')
  if (size === 1 || !isPlannable(config, env))
    return { ...parts(config, env, maker.name), threads: 1, stop: () => Promise.resolve() }

  const written = asWritten(config, env, maker.kernels)
  expectSharing()
  const source = hasMail() ? (options.source ?? sourceOf(env)) : null
  const spec = specOf(config, env, size, source === null ? 1 : size)
  const memory = planMemory(maker, spec, true)
  const laid = layPlan(maker, spec, memory)
  const looks = size <= there ? LOOKS : 0
  const signals = { control: laid.control, message: laid.message, size, patience, looks }
  const inUse: { tree: PolicyParams['tree'] | null } = { tree: null }
  const crew = sharedCrew(signals, 0)
  const own = program(maker, spec, memory, laid, env, crew, explainer(inUse), () =>
    breathe(signals, 0),
  )

  let stopped: Promise<void> | null = null
  const begun = await Promise.allSettled(
    Array.from({ length: size - 1 }, (_, i) => {
      const rank = i + 1
      const start: Start = { maker: maker.name, spec, memory, rank, patience, looks, source }
      return startThread(options.worker, start, (how) => {
        if (stopped === null) fail(signals, 'lost', `thread ${rank}: ${how}`)
      })
    }),
  )
  const others = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const end = async (byForce: boolean): Promise<void> => {
    await Promise.all(others.map((thread) => thread.end(byForce)))
  }
  for (const one of begun)
    if (one.status === 'rejected') {
      await end(true)
      throw one.reason
    }
  await Promise.all(others.map(({ ready }) => ready))

  /** Runs a job with the others; whoever fails, all of them stop. */
  const together = <R>(work: () => R): R => {
    if (stopped !== null) throw new RangeError('threads: expected parts at work, got stopped ones')
    try {
      expectWhole(signals)
      return work()
    } catch (error) {
      if (!isFromThread(error)) failWith(signals, error)
      else if (error.name === 'ThreadFailed') throw asOwn(error)
      throw error
    }
  }

  const worldsOf = (slots: ReadonlyArray<Slot<S>>, rank: number) =>
    slots.slice(...ownWorlds(spec, rank))

  const doers: Doers<S> = {
    act: (key, slots) =>
      together(() => {
        if (source === null) return [own.act(key, slots)]
        others.forEach(({ mail }, i) => mail?.send(worldsOf(slots, i + 1)))
        writeJob(laid.job, { ...NOTHING, kind: JOBS.act, key })
        post(signals)
        const mine = own.act(key, worldsOf(slots, 0))
        crew.barrier()
        return [mine, ...others.map(({ mail }) => mail?.take() as Acted<S>)]
      }),

    learn: (job) =>
      together(() => {
        writeJob(laid.job, { kind: JOBS.learn, ...job })
        post(signals)
        own.learn(job)
      }),
  }

  return {
    ...written,
    ...engineOver(spec, laid, doers, inUse),
    threads: size,
    stop: () => {
      if (stopped !== null) return stopped
      writeJob(laid.job, { ...NOTHING, kind: JOBS.stop })
      post(signals)
      stopped = end(hasFailed(signals))
      return stopped
    },
  }
}

import type { Environment } from '../../env/environment.ts'
import type { Space } from '../../env/space.ts'
import { runSync, type Task } from '../../engine/task.ts'
import { envStepper, vectorise, type EnvState } from '../../env/wrapper/vectorise.ts'
import { environments, type EnvironmentName } from '../../env/environments.ts'
import { buildIn, measure, memoryOf } from '../../engine/runtime.ts'
import {
  asOwn,
  expectWhole,
  fail,
  failWith,
  hasFailed,
  isFromThread,
  post,
  sharedGroup,
} from '../../engine/signals.ts'
import { backend as backendNamed, type BackendName } from '../../kernel/backends.ts'
import type { Acted } from '../acting.ts'
import { agentParts, type AgentParts } from '../agent.ts'
import { ownEnvs, writeJob, type Job, type LayoutConfig } from '../agentLayout.ts'
import type { SpecName } from '../specs.ts'
import {
  actorsOf,
  agentBuild,
  agentEnvOf,
  idleGuard,
  updateOver,
  type Executor,
} from '../engine.ts'
import { shown } from '../../tensor/shown.ts'
import { policyFor } from '../policy.ts'
import { plainRates } from '../rates.ts'
import { rolloutOver } from '../rollout.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import {
  cores,
  expectSharing,
  hasMail,
  startThread,
  type EnvironmentSource,
  type ModuleUrl,
  type Start,
} from './host.ts'
import { signalsOf } from './threadSignals.ts'

/**
 * How many threads learn, where they find the environment, and how long they wait for each other.
 */
export interface ThreadOptions {
  /**
   * number of threads, including the caller's. At most config.shards, since threads share the shards,
   * and at most four per core
   */
  readonly threads: number
  /** which kernels compute; all give the same bits. By default, `auto`: the fastest that runs here */
  readonly backend?: BackendName | 'auto'
  /**
   * Where a thread can import the environment, so that the environments are divided among the threads, too.
   * Their states are then sent between threads as structured clones: plain data, no functions or classes.
   * Built-in environments do not need it. An environment without a source acts on the caller's thread.
   */
  readonly source?: EnvironmentSource
  /** milliseconds without a heartbeat after which a thread counts as lost (30,000) */
  readonly timeoutMs?: number
  /**
   * the module that threads run, if a bundler does not put the library's own beside its output: any module
   * that calls `serve` of `proximal/worker`, such as the module of the calling worker
   */
  readonly worker?: ModuleUrl
}

/** Parts with threads behind them. */
export interface ThreadedParts<S, A extends Space, C, O, R> extends AgentParts<S, A, C, O, R> {
  readonly threads: number
  /** Ends the threads. These parts cannot be used afterwards. */
  readonly stop: () => Promise<void>
}

const refuse = (argument: string, expected: string, got: unknown): never => {
  throw new RangeError(`${argument}: expected ${expected}, got ${shown(got)}`)
}

/** Returns the options, and throws if one of them cannot be used. */
const expectOptions = (options: ThreadOptions | null): ThreadOptions => {
  if (typeof options !== 'object' || options === null)
    return refuse('options', 'an object such as { threads: 2 }', options)
  const { threads, timeoutMs = 1, worker } = options
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0))
    refuse('timeoutMs', 'milliseconds > 0', timeoutMs)
  if (!(Number.isInteger(threads) && threads >= 1))
    refuse('threads', 'a whole number >= 1', threads)
  if (worker !== undefined && typeof (worker as Partial<ModuleUrl> | null)?.href !== 'string')
    refuse('worker', "a URL, such as new URL('./worker.js', import.meta.url)", worker)
  return options
}

/** More threads than cores gain nothing, and each takes about 20 MB. */
const MOST_PER_CORE = 4

/** Half a millisecond of checks, where every thread has a core to spin on. */
const SPIN_COUNT = 100_000

const NO_KEY = { words: [0, 0] } as const

const sourceOf = <S>(env: Environment<S>): EnvironmentSource | null => {
  const found = Object.entries(environments).find(([, known]) => (known as unknown) === env)
  return found === undefined ? null : { environment: found[0] as EnvironmentName }
}

/**
 * `parts` on several threads over shared memory. Any number of threads gives the same bits: environments and
 * minibatches are split into config.shards shards, and gradients are summed in the order of the shards.
 *
 * With more than one thread, an error ends all of them, and every later call throws it again; if several
 * environments fail at once, any of their errors is thrown. If a thread dies, the current call throws an
 * Error named ThreadLost. Web pages need cross-origin isolation, act on the calling thread, and should train
 * in a worker, since a page's main thread cannot block.
 *
 * @throws RangeError when the config is not valid
 */
export const threaded =
  <C extends LayoutConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  async <S, A extends Space = Space>(
    config: C,
    env: Environment<S, A>,
    options: ThreadOptions,
  ): Promise<ThreadedParts<S, A, C, O, R>> => {
    algorithm.checked(config)
    const { threads, timeoutMs = 30_000 } = expectOptions(options)
    const available = cores()
    const size = Math.min(threads, config.shards, MOST_PER_CORE * available)
    const backend = backendNamed(options.backend ?? 'auto')
    if (size === 1)
      return {
        ...agentParts(algorithm, config, env, backend.name),
        threads: 1,
        stop: () => Promise.resolve(),
      }

    expectSharing()
    const policy = policyFor(backend.machine, env, config, algorithm.network(env, config))
    const source = hasMail() ? (options.source ?? sourceOf(env)) : null
    const actors = source === null ? 1 : size
    const spec = agentEnvOf(env)
    const build = agentBuild(algorithm, config, spec, policy, actors)
    const bytes = Array.from({ length: size }, (_, rank) => measure(backend, build, { rank, size }))
    const { bytes: all, starts } = memoryOf(backend, bytes)
    const memory = backend.memory(all, true)
    const spinCount = size <= available ? SPIN_COUNT : 0
    const signals = signalsOf(backend, memory, { size, timeoutMs, spinCount })
    const group = sharedGroup(signals, 0)
    const agent = buildIn(backend, build, memory, group, starts[0]!, bytes[0]!.scratch)
    const { layout, learning } = agent

    let stopped: Promise<void> | null = null
    const begun = await Promise.allSettled(
      Array.from({ length: size - 1 }, (_, i) => {
        const rank = i + 1
        const start: Start = {
          backend: backend.name,
          algorithm: algorithm.name as SpecName,
          config,
          env: spec,
          memory,
          rank,
          size,
          actors,
          start: starts[rank]!,
          scratch: bytes[rank]!.scratch,
          timeoutMs,
          spinCount,
          source,
        }
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

    /** Runs a job with the others; if one of them fails, all of them stop. */
    const together = <T>(work: () => T): T => {
      if (stopped !== null)
        throw new RangeError('threads: expected running parts, got stopped ones')
      try {
        expectWhole(signals)
        return work()
      } catch (error) {
        if (!isFromThread(error)) failWith(signals, error)
        else if (error.name === 'ThreadFailed') throw asOwn(error)
        throw error
      }
    }

    const order = (job: Job): void => {
      writeJob(layout.job, job)
      post(signals)
    }

    const own = layout.act!(envStepper(env, policy.bound))
    const envsOf = (slots: ReadonlyArray<EnvState<S>>, rank: number) =>
      slots.slice(...ownEnvs(config, actors, rank))

    const guard = idleGuard()
    const executor: Executor<S> = {
      expectIdle: guard.expectIdle,

      // eslint-disable-next-line require-yield -- threads act without a pause
      act: function* (key, slots): Task<readonly Acted<S>[]> {
        const performing = function* (mine: ReadonlyArray<EnvState<S>>) {
          return yield* guard.busy(() => own(key, mine))
        }
        return together(() => {
          if (source === null) return [runSync(performing(slots))]
          others.forEach(({ mail }, i) => mail?.send(envsOf(slots, i + 1)))
          order({ kind: 'act', key, rates: plainRates })
          const mine = runSync(performing(envsOf(slots, 0)))
          group.barrier()
          return [mine, ...others.map(({ mail }) => mail?.take() as Acted<S>)]
        })
      },

      // eslint-disable-next-line require-yield -- threads learn without a pause
      learn: function* (key, rates, recompute): Task<void> {
        together(() => {
          order({ kind: 'learn', key, rates })
          Object.assign(layout.rates, rates)
          // A late thread may still be reading the gradients of the last update.
          group.barrier()
          runSync(learning.learn(key, recompute))
        })
      },
    }

    const acting = actorsOf(layout, executor, config.normalise)
    return {
      config,
      env: vectorise(env, config.envs, backend.dtype, config.actionBound),
      policy,
      optimizer: algorithm.optimizer(config, policy),
      rollout: rolloutOver(acting, config.envs),
      update: updateOver(agent, executor),
      threads: size,
      stop: () => {
        if (stopped !== null) return stopped
        order({ kind: 'stop', key: NO_KEY, rates: plainRates })
        stopped = end(hasFailed(signals))
        return stopped
      },
    }
  }

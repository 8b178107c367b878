import type { Environment } from '../../env/environment.ts'
import { width } from '../../env/space.ts'
import { runSync } from '../../engine/task.ts'
import { envStepper, type EnvState } from '../../env/wrapper/vectorise.ts'
import { environmentOf } from '../../env/environments.ts'
import { buildIn } from '../../engine/runtime.ts'
import { failWith, isFromThread, nextJob, sharedGroup, type Signals } from '../../engine/signals.ts'
import { backends } from '../../kernel/backends.ts'
import { readJob, type LayoutConfig } from '../agentLayout.ts'
import { specs } from '../specs.ts'
import { agentBuild, agentEnvOf } from '../engine.ts'
import { policyFor } from '../policy.ts'
import type { AgentEnv } from '../samples.ts'
import type { AlgorithmSpec } from '../trainer.ts'
import { READY, type EnvironmentSource, type Start } from './host.ts'
import { signalsOf } from './threadSignals.ts'

/** A message port of Node, and how to read it without an event loop. */
export interface Mail {
  readonly take: () => ReadonlyArray<EnvState<unknown>>
  readonly send: (value: unknown) => void
}

const environmentFrom = async (source: EnvironmentSource): Promise<Environment<unknown>> => {
  if ('environment' in source) return environmentOf(source.environment)
  const module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ source.module)) as {
    readonly [name: string]: Environment<unknown> | undefined
  }
  const found = module[source.name]
  if (found === undefined)
    throw new RangeError(`source: expected an export ${source.name} in ${source.module}, got none`)
  return found
}

const sizes = ({ observationSpace, actionSpace, isMasked }: AgentEnv): string => {
  const actions =
    actionSpace.kind === 'discrete'
      ? `${actionSpace.n} actions`
      : `actions of ${width(actionSpace)} numbers`
  return `${observationSpace.size} features and ${actions}${isMasked ? ', masked' : ''}`
}

/** Throws unless the environment is of the sizes of the one that the agent was laid out for. */
const expectSizes = (expected: AgentEnv, env: Environment<unknown>): void => {
  const got = agentEnvOf(env)
  if (sizes(got) !== sizes(expected))
    throw new RangeError(
      `source: expected an environment of ${sizes(expected)}, got ${env.name} of ${sizes(got)}`,
    )
}

/** What a thread runs: it builds its part of an agent, and then does job after job. */
export const work = async (
  start: Start,
  mail: Mail | null,
  ready: () => void,
  onDeath: (signals: () => Signals, isDone: () => boolean) => void,
): Promise<void> => {
  const { config, memory, rank, size, actors, timeoutMs, spinCount, source } = start
  const backend = backends[start.backend]
  const signals = signalsOf(backend, memory, { size, timeoutMs, spinCount })
  let isDone = false
  onDeath(
    () => signals,
    () => isDone,
  )
  try {
    const env = source === null ? null : await environmentFrom(source)
    if (env !== null) expectSizes(start.env, env)
    // The config belongs to the algorithm of that name, as the thread that sent both has checked.
    const algorithm = specs[start.algorithm] as unknown as AlgorithmSpec<
      LayoutConfig,
      unknown,
      unknown,
      unknown
    >
    const policy = policyFor(
      backend.machine,
      start.env,
      config,
      algorithm.network(start.env, config),
    )
    const build = agentBuild(algorithm, config, start.env, policy, actors)
    const group = sharedGroup(signals, rank)
    const { layout, learning } = buildIn(backend, build, memory, group, start.start, start.scratch)
    const act = env === null ? null : layout.act!(envStepper(env, policy.bound))
    ready()
    for (let done = 0; ;) {
      done = nextJob(signals, done)
      const { kind, key, rates } = readJob(layout.job)
      if (kind === 'stop') break
      if (kind === 'learn') {
        Object.assign(layout.rates, rates)
        group.barrier()
        runSync(learning.learn(key, null))
      } else {
        if (act !== null && mail !== null) {
          layout.learner.begin()
          mail.send(runSync(act(key, mail.take())))
        }
        group.barrier()
      }
    }
  } catch (error) {
    if (!isFromThread(error)) failWith(signals, error)
    ready()
  }
  isDone = true
}

/** The scope of a Worker of the web. */
interface WebScope {
  readonly postMessage: (message: unknown) => void
  readonly close: () => void
}

/** Makes a Worker of the web one of the threads, and ends it with them. */
export const workInWeb = async (start: Start): Promise<void> => {
  const scope = globalThis as unknown as WebScope
  await work(
    start,
    null,
    () => scope.postMessage(READY),
    () => undefined,
  )
  scope.close()
}

import type { AsyncEnvironment, Environment } from '../env/environment.ts'
import { expectEnvironment } from '../env/expectEnvironment.ts'
import type { Space } from '../env/space.ts'
import { shown } from '../tensor/shown.ts'
import { vectorise, type VectorEnvironment } from '../env/wrapper/vectorise.ts'
import { vectoriseAsync, type AsyncVectorEnvironment } from '../env/wrapper/vectoriseAsync.ts'
import type { Pause } from '../engine/task.ts'
import type { Backend } from '../kernel/backend.ts'
import { backend as backendNamed, backendFor, type BackendName } from '../kernel/backends.ts'
import type { Machine } from '../kernel/machine.ts'
import type { LayoutConfig } from './agentLayout.ts'
import {
  asyncEngine,
  engine,
  pausingEngine,
  type Method,
  type PausingUpdate,
  type Update,
} from './engine.ts'
import type { LearnerParts } from './learner.ts'
import type { rolloutOver, rolloutOverAsync } from './rollout.ts'
import { policyFor } from './policy.ts'

/** A backend by name, or the one that a machine runs on. */
export type BackendChoice = BackendName | 'auto' | Machine

export const chosenBackend = (how: BackendChoice): Backend =>
  typeof how === 'object' ? backendFor(how) : backendNamed(how)

/** The functions that an iteration is made of. */
export interface AgentParts<S, A extends Space, C, O, R> extends LearnerParts<O> {
  readonly config: C
  readonly env: VectorEnvironment<S, A>
  readonly rollout: ReturnType<typeof rolloutOver<S>>
  readonly update: Update<O, R>
}

/** The functions that an iteration is made of, with environments that return promises. */
export interface AsyncAgentParts<S, A extends Space, C, O, R> extends LearnerParts<O> {
  readonly config: C
  readonly env: AsyncVectorEnvironment<S, A>
  readonly rollout: ReturnType<typeof rolloutOverAsync<S>>
  readonly update: Update<O, R>
}

/** The functions that an iteration is made of, which pause between pieces of work. */
export interface PausingAgentParts<S, A extends Space, C, O, R> extends LearnerParts<O> {
  readonly config: C
  readonly env: VectorEnvironment<S, A>
  readonly rollout: ReturnType<typeof rolloutOverAsync<S>>
  readonly update: PausingUpdate<O, R>
}

/** The common ingredients of parts on the caller's thread, for a synchronous environment. */
const syncBasics = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  how: BackendChoice,
) => {
  expectEnvironment('env', env)
  const backend = chosenBackend(how)
  const policy = policyFor(backend.machine, env, config, method.network(env, config))
  const basics = {
    config,
    env: vectorise(env, config.envs, backend.dtype, config.actionBound),
    policy,
    optimizer: method.optimizer(config, policy),
  }
  return { basics, backend, policy }
}

/** The parts of an algorithm, on the caller's thread. */
export const agentParts = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  how: BackendChoice,
): AgentParts<S, A, C, O, R> => {
  const { basics, backend, policy } = syncBasics(method, config, env, how)
  return { ...basics, ...engine(method, config, env, policy, backend) }
}

/** `agentParts` that pause between pieces of their work. */
export const pausingAgentParts = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  pause: Pause,
  how: BackendChoice,
): PausingAgentParts<S, A, C, O, R> => {
  if (typeof pause !== 'function')
    throw new RangeError(`pause: expected a function, such as frameBudget(6), got ${shown(pause)}`)
  const { basics, backend, policy } = syncBasics(method, config, env, how)
  return { ...basics, ...pausingEngine(method, config, env, policy, backend, pause) }
}

/** `agentParts` for an environment that returns promises. */
export const asyncAgentParts = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: AsyncEnvironment<S, A>,
  how: BackendChoice,
): AsyncAgentParts<S, A, C, O, R> => {
  expectEnvironment('env', env)
  const backend = chosenBackend(how)
  const policy = policyFor(backend.machine, env, config, method.network(env, config))
  return {
    config,
    env: vectoriseAsync(env, config.envs, backend.dtype, config.actionBound),
    policy,
    optimizer: method.optimizer(config, policy),
    ...asyncEngine(method, config, env, policy, backend),
  }
}

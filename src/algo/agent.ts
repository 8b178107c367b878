import type { AsyncEnvironment, Environment } from '../env/environment.ts'
import { expectEnvironment } from '../env/expectEnvironment.ts'
import type { Space } from '../env/space.ts'
import { vectorise, type VectorEnvironment } from '../env/wrapper/vectorise.ts'
import { vectoriseAsync, type AsyncVectorEnvironment } from '../env/wrapper/vectoriseAsync.ts'
import type { Backend } from '../kernel/backend.ts'
import { backend as backendNamed, backendFor, type BackendName } from '../kernel/backends.ts'
import type { Machine } from '../kernel/machine.ts'
import type { LayoutConfig } from './agentLayout.ts'
import { asyncEngine, engine, type Method, type Update } from './engine.ts'
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

/** The functions that an iteration is made of, where environments answer with promises. */
export interface AsyncAgentParts<S, A extends Space, C, O, R> extends LearnerParts<O> {
  readonly config: C
  readonly env: AsyncVectorEnvironment<S, A>
  readonly rollout: ReturnType<typeof rolloutOverAsync<S>>
  readonly update: Update<O, R>
}

/** The parts of an algorithm, on the caller's thread. */
export const agentParts = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  how: BackendChoice,
): AgentParts<S, A, C, O, R> => {
  expectEnvironment('env', env)
  const backend = chosenBackend(how)
  const policy = policyFor(backend.machine, env, config)
  return {
    config,
    env: vectorise(env, config.envs, backend.dtype, config.actionBound),
    policy,
    optimizer: method.optimizer(config, policy),
    ...engine(method, config, env, policy, backend),
  }
}

/** `agentParts` for an environment that answers with promises. */
export const asyncAgentParts = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: AsyncEnvironment<S, A>,
  how: BackendChoice,
): AsyncAgentParts<S, A, C, O, R> => {
  expectEnvironment('env', env)
  const backend = chosenBackend(how)
  const policy = policyFor(backend.machine, env, config)
  return {
    config,
    env: vectoriseAsync(env, config.envs, backend.dtype, config.actionBound),
    policy,
    optimizer: method.optimizer(config, policy),
    ...asyncEngine(method, config, env, policy, backend),
  }
}

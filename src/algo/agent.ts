import type { AsyncEnvironment, Environment, WorldSpec } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { vectorise, type VectorEnvironment } from '../env/wrapper/vectorise.ts'
import { vectoriseAsync, type AsyncVectorEnvironment } from '../env/wrapper/vectoriseAsync.ts'
import type { Kernels } from '../kernel/kernels.ts'
import { maker, type MakerName } from '../kernel/makers.ts'
import { paramCount } from '../nn/plannedMlp.ts'
import type { AdamConfig } from '../optim/adam.ts'
import type { LearnerParts } from './learner.ts'
import { optimizerFor } from './optimizer.ts'
import { policyFor, type Policy, type PolicyConfig } from './policy.ts'
import { rollout, rolloutAsync } from './rollout.ts'

export interface AgentConfig extends PolicyConfig {
  readonly envs: number
  readonly steps: number
}

/** What acts: worlds, a policy, and how the one goes through the others. */
export interface Agent<S, A extends Space = Space> {
  readonly env: VectorEnvironment<S, A>
  readonly policy: Policy
  readonly rollout: ReturnType<typeof rollout<S>>
}

/** The same where worlds promise their answers. */
export interface AsyncAgent<S, A extends Space = Space> {
  readonly env: AsyncVectorEnvironment<S, A>
  readonly policy: Policy
  readonly rollout: ReturnType<typeof rolloutAsync<S>>
}

/** Kernels by the name of their maker, or those given. */
export const kernelsOf = (how: MakerName | 'auto' | Kernels): Kernels =>
  typeof how === 'object' ? how : maker(how).kernels

export const agentFor = <S, A extends Space = Space>(
  config: AgentConfig,
  env: Environment<S, A>,
  kernels: Kernels,
): Agent<S, A> => {
  const worlds = vectorise(env, config.envs, kernels.dtype, config.actionBound)
  const policy = policyFor(kernels, env, config)
  return { env: worlds, policy, rollout: rollout(worlds, policy, config.steps) }
}

export const asyncAgentFor = <S, A extends Space = Space>(
  config: AgentConfig,
  env: AsyncEnvironment<S, A>,
  kernels: Kernels,
): AsyncAgent<S, A> => {
  const worlds = vectoriseAsync(env, config.envs, kernels.dtype, config.actionBound)
  const policy = policyFor(kernels, env, config)
  return { env: worlds, policy, rollout: rolloutAsync(worlds, policy, config.steps) }
}

/** How many parameters are V's alone; they lie last. */
export const valueParams = (
  { trunk, hidden, valueHidden }: PolicyConfig,
  { observationSpace: { size } }: WorldSpec,
): number =>
  trunk === 'shared'
    ? paramCount([hidden.at(-1) ?? size, 1])
    : paramCount([size, ...(valueHidden ?? hidden), 1])

/** Who acts, and learns with an optimiser of V's own beside the policy's: nothing is clipped. */
export const apartParts = <S, A extends Space = Space>(
  config: AgentConfig & { readonly adam: Omit<AdamConfig, 'learningRate'> },
  env: Environment<S, A>,
  kernels: Kernels,
): Agent<S, A> & LearnerParts => {
  const plain = { gradClip: 'none', maxGradNorm: 1, adam: config.adam } as const
  return {
    ...agentFor(config, env, kernels),
    optimizer: optimizerFor(kernels, plain, valueParams(config, env)),
  }
}

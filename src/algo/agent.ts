import type { Environment } from '../env/environment.ts'
import { vectorise, type VectorEnvironment } from '../env/wrapper/vectorise.ts'
import type { Kernels } from '../kernel/kernels.ts'
import { maker, type MakerName } from '../kernel/makers.ts'
import { paramCount } from '../nn/plannedMlp.ts'
import type { AdamConfig } from '../optim/adam.ts'
import type { LearnerParts } from './learner.ts'
import { optimizerFor } from './optimizer.ts'
import { policyFor, type Policy, type PolicyConfig } from './policy.ts'
import { rollout } from './rollout.ts'

export interface AgentConfig extends PolicyConfig {
  readonly envs: number
  readonly steps: number
}

/** What acts: worlds, a policy, and how the one goes through the others. */
export interface Agent<S> {
  readonly env: VectorEnvironment<S>
  readonly policy: Policy
  readonly rollout: ReturnType<typeof rollout<S>>
}

/** Kernels by the name of their maker, or those given. */
export const kernelsOf = (how: MakerName | 'auto' | Kernels): Kernels =>
  typeof how === 'object' ? how : maker(how).kernels

export const agentFor = <S>(
  config: AgentConfig,
  env: Environment<S>,
  kernels: Kernels,
): Agent<S> => {
  const worlds = vectorise(env, config.envs, kernels.dtype, config.actionBound)
  const policy = policyFor(kernels, env, config)
  return { env: worlds, policy, rollout: rollout(worlds, policy, config.steps) }
}

/** How many parameters are V's alone; they lie last. */
export const valueParams = <S>(
  { trunk, hidden, valueHidden }: PolicyConfig,
  { observationSpace: { size } }: Environment<S>,
): number =>
  trunk === 'shared'
    ? paramCount([hidden.at(-1) ?? size, 1])
    : paramCount([size, ...(valueHidden ?? hidden), 1])

/** Who acts, and learns with an optimiser of V's own beside the policy's: nothing is clipped. */
export const apartParts = <S>(
  config: AgentConfig & { readonly adam: Omit<AdamConfig, 'learningRate'> },
  env: Environment<S>,
  kernels: Kernels,
): Agent<S> & LearnerParts => {
  const plain = { gradClip: 'none', maxGradNorm: 1, adam: config.adam } as const
  return {
    ...agentFor(config, env, kernels),
    optimizer: optimizerFor(kernels, plain, valueParams(config, env)),
  }
}

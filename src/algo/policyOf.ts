import type { EnvSpec } from '../env/environment.ts'
import { backend, type BackendName } from '../kernel/backends.ts'
import { key } from '../random/key.ts'
import type { Learner } from './learner.ts'
import { startNormaliser } from './normaliser.ts'
import { policyFor, type Policy, type PolicyConfig } from './policy.ts'

/** A policy for acting, and the shapes of its parameters. */
export interface PolicyOf {
  readonly policy: Policy
  /** parameters and statistics with the shapes of a run's, to decode files with; the values are arbitrary */
  readonly like: Pick<Learner, 'params' | 'normaliser'>
}

/**
 * The policy of a config of any algorithm, without environments and without memory for training: its
 * memory depends on the number of parameters, not on `envs` and `steps`.
 */
export const policyOf = (
  config: PolicyConfig & { readonly envs: number },
  env: EnvSpec,
  how: BackendName | 'auto' = 'auto',
): PolicyOf => {
  const { machine } = backend(how)
  // Only the shapes matter, so use the cheapest initial weights.
  const { init } = policyFor(machine, env, { ...config, weights: 'fanIn' })
  const { normalise, envs } = config
  return {
    policy: policyFor(machine, env, config),
    like: {
      params: init(key(0)),
      normaliser: normalise === undefined ? null : startNormaliser(normalise, env, envs),
    },
  }
}

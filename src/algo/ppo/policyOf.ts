import type { WorldSpec } from '../../env/environment.ts'
import { maker, type MakerName } from '../../kernel/makers.ts'
import { key } from '../../random/key.ts'
import type { Learner } from '../learner.ts'
import { startNormaliser } from '../normaliser.ts'
import { policyFor, type Policy } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import { checked } from './parts.ts'

/** A policy that plays, and how what it has learned looks. */
export interface PolicyOf {
  readonly policy: Policy
  /** parameters and statistics as large as those of a run, for readers of files to compare with */
  readonly like: Pick<Learner, 'params' | 'normaliser'>
}

/**
 * The policy of a config, without environments and without memory to learn in: it takes what its
 * parameters take, however many environments and steps the config has.
 *
 * @throws RangeError when the config cannot be
 */
export const policyOf = (
  config: PpoConfig,
  env: WorldSpec,
  how: MakerName | 'auto' = 'auto',
): PolicyOf => {
  checked(config)
  const { kernels } = maker(how)
  // Nobody plays with these parameters: the cheapest ones do, and orthogonal ones are dear.
  const { init } = policyFor(kernels, env, { ...config, weights: 'fanIn' })
  return {
    policy: policyFor(kernels, env, config),
    like: {
      params: init(key(0)),
      normaliser: startNormaliser(config.normalise, env, config.envs),
    },
  }
}

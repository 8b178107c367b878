import type { EnvSpec } from '../../env/environment.ts'
import type { BackendName } from '../../kernel/backends.ts'
import { policyOf as policyOfAny, type PolicyOf } from '../policyOf.ts'
import type { PpoConfig } from './config.ts'
import { algorithm } from './algorithm.ts'

/**
 * The policy of a config, without environments and without memory for training: its memory depends on
 * the number of parameters, not on `envs` and `steps`.
 *
 * @throws RangeError if the config is invalid
 */
export const policyOf = (
  config: PpoConfig,
  env: EnvSpec,
  how: BackendName | 'auto' = 'auto',
): PolicyOf => policyOfAny(algorithm.checked(config), env, how)

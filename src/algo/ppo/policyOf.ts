import type { WorldSpec } from '../../env/environment.ts'
import type { MakerName } from '../../kernel/makers.ts'
import { policyOf as policyOfAny, type PolicyOf } from '../policyOf.ts'
import type { PpoConfig } from './config.ts'
import { checked } from './parts.ts'

/**
 * The policy of a config, without environments and without memory for training: its memory depends on
 * the number of parameters, not on `envs` and `steps`.
 *
 * @throws RangeError if the config is invalid
 */
export const policyOf = (
  config: PpoConfig,
  env: WorldSpec,
  how: MakerName | 'auto' = 'auto',
): PolicyOf => policyOfAny(checked(config), env, how)

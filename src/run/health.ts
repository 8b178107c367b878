import { updatesOf } from '../algo/configFields.ts'
import type { HealthContext } from '../algo/health/health.ts'
import type { RunConfig } from './config.ts'

/** What the warnings about a run depend on. */
export const healthContext = (
  { settings }: Pick<RunConfig, 'settings'>,
  env: HealthContext['env'],
): HealthContext => ({
  updates: updatesOf(settings),
  isNormalised: 'normalise' in settings && settings.normalise.observation,
  env,
})

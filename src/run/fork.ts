import * as E from 'fp-ts/lib/Either.js'
import type { Settings } from '../algo/algorithm.ts'
import { checkRunConfig, segmentsAfter, type RunConfig } from './config.ts'

/**
 * The config of a fork: the run's past up to an update, and different settings from there on.
 *
 * @param at updates that keep the settings of the run; 0 replaces all of its past
 * @returns Left with everything that is wrong with the settings
 */
export const forkConfig = (
  { past, ...config }: RunConfig,
  at: number,
  settings: Settings,
): E.Either<string, RunConfig> =>
  checkRunConfig({
    ...config,
    settings,
    past:
      at === 0
        ? []
        : [
            ...past.filter(({ until }) => until < at),
            { until: at, settings: segmentsAfter({ past, ...config }, at - 1)[0]!.settings },
          ],
  })

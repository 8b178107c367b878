import type { Environment, Seen, WorldSpec } from '../../../env/environment.ts'
import type { Box, Discrete } from '../../../env/space.ts'
import type { PpoConfig } from '../config.ts'

/** A world of single choices, all of them open, or of vectors. */
export type PlannedEnvironment<S> = Environment<S, Discrete | Box>

/** What of such a world decides sizes. */
export type PlannedSpec = WorldSpec<Discrete | Box>

/** Whether updates can go over arrays laid out beforehand. */
export const isLearnable = <S>(config: PpoConfig, env: Seen<S>): env is Seen<S, Discrete | Box> =>
  env.actionMask === undefined &&
  (env.actionSpace.kind === 'discrete' ||
    (env.actionSpace.kind === 'box' && config.actionBound !== 'squash')) &&
  config.trunk === 'separate' &&
  config.klPenalty.kind === 'none' &&
  config.klStop.target === null &&
  config.learningRateSchedule !== 'adaptive' &&
  config.valueLearningRate === null &&
  (config.gradClip === 'global' || config.gradClip === 'none') &&
  !config.recomputeAdvantages

/**
 * Whether rollouts and updates can go over arrays laid out beforehand; all else goes step by step
 * as it is written, on the same kernels.
 */
export const isPlannable = <S>(
  config: PpoConfig,
  env: Environment<S>,
): env is PlannedEnvironment<S> => isLearnable(config, env)

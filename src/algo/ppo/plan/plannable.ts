import type { DiscreteEnvironment, Environment } from '../../../env/environment.ts'
import type { PpoConfig } from '../config.ts'

/**
 * Whether rollouts and updates can go over arrays laid out beforehand; all else goes step by step
 * as it is written, on the same kernels.
 */
export const isPlannable = <S>(
  config: PpoConfig,
  env: Environment<S>,
): env is DiscreteEnvironment<S> =>
  env.actionSpace.kind === 'discrete' &&
  env.actionMask === undefined &&
  config.trunk === 'separate' &&
  config.klPenalty.kind === 'none' &&
  config.klStop.target === null &&
  config.learningRateSchedule !== 'adaptive' &&
  config.valueLearningRate === null &&
  (config.gradClip === 'global' || config.gradClip === 'none') &&
  !config.recomputeAdvantages &&
  !config.normalise.observation

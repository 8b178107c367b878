import { scheduleFactor } from '../../optim/schedule.ts'
import type { AdaptiveState } from '../learner.ts'
import type { Rates } from '../rates.ts'
import { updatesOf, type PpoConfig } from './config.ts'

/**
 * The learning rates, the clip range and the other coefficients of an update.
 *
 * @param update the number of updates done before, >= 0
 */
export const ratesAt = (
  config: PpoConfig,
  update: number,
  adaptive: AdaptiveState | null,
): Rates => {
  const { envs, steps, totalSteps, learningRateSchedule, valueLearningRate } = config
  const place = { update, updates: updatesOf(config), stepsPerUpdate: envs * steps, totalSteps }
  const isAdaptive = learningRateSchedule === 'adaptive'
  const factor = isAdaptive ? 1 : scheduleFactor(learningRateSchedule, place)
  const clipFactor = scheduleFactor(config.clipSchedule, place)
  return {
    learningRate:
      isAdaptive && adaptive !== null ? adaptive.learningRate : config.learningRate * factor,
    valueLearningRate: valueLearningRate === null ? null : valueLearningRate * factor,
    clip: config.clip * clipFactor,
    valueClip: config.valueClip === null ? null : config.valueClip * clipFactor,
    beta: adaptive?.beta ?? config.klPenalty.beta,
  }
}

/** What learning sets at the start of a run; null where the config sets it. */
export const startAdaptive = ({
  learningRate,
  learningRateSchedule,
  klPenalty,
}: PpoConfig): AdaptiveState | null =>
  learningRateSchedule === 'adaptive' || klPenalty.kind === 'adaptive'
    ? { learningRate, beta: klPenalty.beta }
    : null

import { scheduleFactor } from '../../optim/schedule.ts'
import type { Tuned } from '../learner.ts'
import { updatesOf, type PpoConfig } from './config.ts'

/** The numbers of an update that are not the same in all of them. */
export interface Rates {
  readonly learningRate: number
  /** of V's own Adam, where it has one */
  readonly valueLearningRate: number | null
  /** ε of the policy's clip and of V's */
  readonly clip: number
  readonly valueClip: number | null
  /** β */
  readonly beta: number
}

/** The rates of the update after `update` others. */
export const ratesAt = (config: PpoConfig, update: number, tuned: Tuned | null): Rates => {
  const { envs, steps, totalSteps, learningRateSchedule, valueLearningRate } = config
  const place = { update, updates: updatesOf(config), stepsPerUpdate: envs * steps, totalSteps }
  const isAdaptive = learningRateSchedule === 'adaptive'
  const factor = isAdaptive ? 1 : scheduleFactor(learningRateSchedule, place)
  const clipFactor = scheduleFactor(config.clipSchedule, place)
  return {
    learningRate: isAdaptive && tuned !== null ? tuned.learningRate : config.learningRate * factor,
    valueLearningRate: valueLearningRate === null ? null : valueLearningRate * factor,
    clip: config.clip * clipFactor,
    valueClip: config.valueClip === null ? null : config.valueClip * clipFactor,
    beta: tuned?.beta ?? config.klPenalty.beta,
  }
}

/** What learning sets at the start of a run; null where the config sets it. */
export const startTuned = ({
  learningRate,
  learningRateSchedule,
  klPenalty,
}: PpoConfig): Tuned | null =>
  learningRateSchedule === 'adaptive' || klPenalty.kind === 'adaptive'
    ? { learningRate, beta: klPenalty.beta }
    : null

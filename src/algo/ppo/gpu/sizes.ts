import type { Box, Discrete } from '../../../env/space.ts'
import type { EnvSpec } from '../../../env/environment.ts'
import { isLogStdBounded } from '../../actions.ts'
import type { AgentEnv } from '../../samples.ts'
import type { PpoConfig } from '../config.ts'

/** What of an environment and its policy decides sizes on a device. */
export interface Sizes {
  readonly kind: 'categorical' | 'gaussian'
  readonly observations: number
  /** numbers that the policy's network gives of a state */
  readonly outputs: number
  /** state-independent log σ */
  readonly free: number
  /** numbers in an action */
  readonly actions: number
}

export const sizesOf = (
  { logStd }: Pick<PpoConfig, 'logStd'>,
  { observationSpace: { size }, actionSpace }: EnvSpec<Discrete | Box>,
): Sizes => {
  if (actionSpace.kind === 'discrete')
    return { kind: 'categorical', observations: size, outputs: actionSpace.n, free: 0, actions: 1 }
  const n = actionSpace.size
  const isFree = logStd.kind === 'free'
  return {
    kind: 'gaussian',
    observations: size,
    outputs: isFree ? n : 2 * n,
    free: isFree ? n : 0,
    actions: n,
  }
}

/** Layer sizes of the policy's network and of V's. */
export const netSizes = ({ hidden, valueHidden }: PpoConfig, { observations, outputs }: Sizes) =>
  ({
    actor: [observations, ...hidden, outputs],
    critic: [observations, ...(valueHidden ?? hidden), 1],
  }) as const

/** What of a config and an environment has no form on a device, each as `field: value`. */
export const missingForms = (
  config: PpoConfig,
  { actionSpace, isMasked }: AgentEnv,
): readonly string[] => {
  const found: ReadonlyArray<readonly [boolean, string]> = [
    [isMasked, 'an environment that masks actions'],
    [actionSpace.kind !== 'discrete' && actionSpace.kind !== 'box', `actions: ${actionSpace.kind}`],
    [actionSpace.kind === 'box' && config.actionBound === 'squash', 'actionBound: squash'],
    [actionSpace.kind === 'box' && isLogStdBounded(config.logStd), 'logStd: bounded'],
    [config.trunk !== 'separate', `trunk: ${config.trunk}`],
    [config.klPenalty.kind !== 'none', `klPenalty.kind: ${config.klPenalty.kind}`],
    [config.klStop.target !== null, `klStop.target: ${config.klStop.target}`],
    [config.learningRateSchedule === 'adaptive', 'learningRateSchedule: adaptive'],
    [config.valueLearningRate !== null, `valueLearningRate: ${config.valueLearningRate}`],
    [config.gradClip !== 'global' && config.gradClip !== 'none', `gradClip: ${config.gradClip}`],
    [config.recomputeAdvantages, 'recomputeAdvantages: true'],
  ]
  return found.flatMap(([isMissing, what]) => (isMissing ? [what] : []))
}

import type { Environment, Seen, WorldSpec } from '../../../env/environment.ts'
import type { Box, Discrete } from '../../../env/space.ts'
import { isLogStdBounded } from '../../actions.ts'
import type { PpoConfig } from '../config.ts'

/** A world of single choices, all of them open, or of vectors. */
export type PlannedEnvironment<S> = Environment<S, Discrete | Box>

/** What of such a world decides sizes. */
export type PlannedSpec = WorldSpec<Discrete | Box>

/** What of a config and a world no plan is made for, each as `field: value`. */
export const hindrances = <S>(config: PpoConfig, env: Seen<S>): readonly string[] => {
  const { actionSpace } = env
  const found: ReadonlyArray<readonly [boolean, string]> = [
    [env.actionMask !== undefined, 'a world that masks actions'],
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
  return found.flatMap(([hinders, what]) => (hinders ? [what] : []))
}

/** Whether updates can go over arrays laid out beforehand. */
export const isLearnable = <S>(config: PpoConfig, env: Seen<S>): env is Seen<S, Discrete | Box> =>
  hindrances(config, env).length === 0

/**
 * Whether rollouts and updates can go over arrays laid out beforehand; all else goes step by step
 * as it is written, on the same kernels.
 */
export const isPlannable = <S>(
  config: PpoConfig,
  env: Environment<S>,
): env is PlannedEnvironment<S> => isLearnable(config, env)

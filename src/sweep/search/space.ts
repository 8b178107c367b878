/** What a search varies: search spaces as data. */
import type { Settings } from '../../algo/algorithm.ts'
import { settings as fieldsOf } from '../../algo/settings.ts'
import type { Space } from '../../env/space.ts'

/** A number, a name, a yes or no, or a list of sizes. */
export type SettingValue = number | string | boolean | null | readonly number[]

/** A setting that a search draws, and from what. */
export type Dimension =
  /** each value as often */
  | { readonly kind: 'choice'; readonly path: string; readonly values: readonly SettingValue[] }
  /** log x uniform from log `low` to log `high` */
  | {
      readonly kind: 'logUniform'
      readonly path: string
      readonly low: number
      readonly high: number
    }
  /** 1 − x, x as of `logUniform`: for γ and λ, whose distance from 1 is what matters */
  | {
      readonly kind: 'oneMinusLogUniform'
      readonly path: string
      readonly low: number
      readonly high: number
    }

const choice = (path: string, ...values: readonly SettingValue[]): Dimension => ({
  kind: 'choice',
  path,
  values,
})

const logUniform = (path: string, low: number, high: number): Dimension => ({
  kind: 'logUniform',
  path,
  low,
  high,
})

const oneMinusLogUniform = (path: string, low: number, high: number): Dimension => ({
  kind: 'oneMinusLogUniform',
  path,
  low,
  high,
})

/**
 * What matters for every environment, by Andrychowicz et al. 2021 (arXiv:2006.05990): the discount and
 * the learning rate above all, then how much is acted between updates, how often it is learned from,
 * and normalisation. A field that an algorithm does not have is left out.
 */
const COMMON: readonly Dimension[] = [
  logUniform('learningRate', 1e-4, 5e-3),
  choice('learningRateSchedule', 'constant', 'linear'),
  logUniform('valueLearningRate', 3e-4, 1e-2),
  choice('envs', 8, 16, 32),
  choice('steps', 16, 32, 64, 128, 256),
  choice('epochs', 4, 8, 16),
  choice('minibatches', 4, 8, 16),
  choice('valueEpochs', 4, 10, 20),
  oneMinusLogUniform('gamma', 5e-4, 0.1),
  oneMinusLogUniform('lambda', 0.01, 0.2),
  choice('clip', 0.1, 0.2, 0.3),
  logUniform('maxKl', 0.003, 0.05),
  choice('normalise.reward', false, true),
]

/** Actions that are chosen: a bonus for entropy keeps them from being decided early. */
const DISCRETE: readonly Dimension[] = [
  logUniform('entropyCoef', 1e-4, 0.05),
  choice('hidden', [32, 32], [64, 64], [128, 128]),
]

/** Actions of a box: noise explores; its size at the start matters more than the bonus. */
const CONTINUOUS: readonly Dimension[] = [
  choice('entropyCoef', 0, 0.0001, 0.001, 0.01),
  choice('hidden', [64, 64], [128, 128], [256, 256]),
  choice('logStd.init', -1, -0.5, 0, 0.5),
]

/** Observations of other scales than 1 are learned from badly; places of a table have none. */
const NUMERIC_OBSERVATION: readonly Dimension[] = [choice('normalise.observation', false, true)]

const kindsIn = (space: Space): readonly string[] => {
  if (space.kind === 'product') return Object.values(space.spaces).flatMap(kindsIn)
  if (space.kind === 'tuple') return space.spaces.flatMap(kindsIn)
  return [space.kind]
}

/** The spaces of an environment, as a search looks at them. */
export interface SpacesOf {
  readonly observationSpace: Space
  readonly actionSpace: Space
}

/** The kind of an environment's actions: continuous as soon as a box is among them. */
export const actionKind = ({ actionSpace }: Pick<SpacesOf, 'actionSpace'>) =>
  kindsIn(actionSpace).includes('box') ? 'continuous' : 'discrete'

/**
 * The search space of an environment for an algorithm whose config begins as `start`.
 *
 * @param fixed paths that the user has set, which the search leaves as they are
 */
export const searchSpace = (
  start: Settings,
  env: SpacesOf,
  fixed: readonly string[],
): readonly Dimension[] => {
  const fields = new Map(fieldsOf(start))
  const kind = actionKind(env)
  return [
    ...COMMON,
    ...(kind === 'continuous' ? CONTINUOUS : DISCRETE),
    ...(kindsIn(env.observationSpace).includes('box') ? NUMERIC_OBSERVATION : []),
  ].filter(
    // null says that the algorithm does without it, as PPO without a learning rate of V's own.
    ({ path }) => (fields.get(path) ?? 'null') !== 'null' && !fixed.includes(path),
  )
}

import type { Environment } from '../../../env/environment.ts'
import { observedBox } from '../../../env/flatten.ts'
import type { Space } from '../../../env/space.ts'
import { key as keyOf, type Key } from '../../../random/key.ts'
import type { PpoConfig } from '../config.ts'
import { sb3 } from '../knownPresets.ts'
import { actionRule } from './actionRule.ts'
import { probe, type Probe } from './probe.ts'
import { normaliseRule } from './normaliseRule.ts'
import type { Rule } from './rule.ts'
import { amountRule, horizonRule, networkRule } from './sizeRules.ts'

/** The preset's name in a run whose config was suggested. */
export const SUGGESTED = 'suggested'

/** A config for an environment, and the reasons for its settings. */
export interface Suggestion {
  readonly config: PpoConfig
  /** one line for each choice that follows from the environment */
  readonly reasons: readonly string[]
}

type Described = Pick<Environment<unknown>, 'actionSpace' | 'observationSpace' | 'capacity'>

/**
 * The starting point of all suggestions: Stable-Baselines3's settings, which take many small steps over each
 * batch, with more environments and a learning rate that starts higher and falls to 0.
 */
const base: PpoConfig = {
  ...sb3,
  envs: 16,
  steps: 128,
  learningRate: 1e-3,
  learningRateSchedule: 'linear',
}

/** The rules, in the order of their reasons. No two change the same field. */
const rulesFor = (
  { actionSpace, observationSpace, capacity = Infinity }: Described,
  probed: Probe,
): readonly Rule[] => [
  actionRule(actionSpace, probed),
  networkRule(observationSpace.size),
  amountRule(probed, capacity),
  horizonRule(probed),
  normaliseRule(probed),
]

/**
 * Suggests a config for an environment that nobody has tuned, from its spaces and 2,000 steps of random
 * actions: how actions are bounded, how far ahead to look, whether to scale rewards and whiten
 * observations, and how long to train. The result is a starting point that learns something, not an optimum.
 *
 * Equal environments and keys give equal suggestions.
 *
 * @param key of the probe's randomness; the default serves all seeds of a comparison
 * @throws RangeError if `observationSpace` is not a box, or, with its address, if the environment throws or
 * gives an invalid answer
 */
export const suggest = <S, A extends Space>(
  env: Environment<S, A>,
  key: Key = keyOf(0),
): Suggestion => {
  observedBox(env)
  const rules = rulesFor(env, probe(env, key))
  return {
    config: Object.assign({ ...base }, ...rules.map(({ change }) => change)) as PpoConfig,
    reasons: rules.flatMap(({ reasons }) => reasons),
  }
}

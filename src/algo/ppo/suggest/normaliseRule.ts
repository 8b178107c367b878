import { sb3 } from '../knownPresets.ts'
import { hasGainedNothing, type FeatureRange, type Probe } from './probe.ts'
import { readable, type Rule } from './rule.ts'

/** Discounted returns between these are of a size that V learns as they are. */
const RETURNS = [0.1, 10] as const
/** The largest size of a feature: between these, a network can read it as it is. */
const FEATURES = [0.1, 10] as const

const isWithin = (x: number, [low, high]: readonly [number, number]): boolean =>
  x >= low && x <= high

/**
 * Large returns make V's gradient dominate the norm that both gradients are clipped to, so that the policy
 * hardly moves; small ones make V learn slowly. Where random actions gained nothing, what there is to gain may be of any
 * size.
 */
const rewardReason = (probed: Probe): readonly [boolean, string] => {
  const { lowest, highest, discounted } = probed
  const isScaled = discounted > 0 && (hasGainedNothing(probed) || !isWithin(discounted, RETURNS))
  const found = `rewards are ${lowest === highest ? readable(lowest) : `${readable(lowest)} … ${readable(highest)}`}, discounted returns have magnitudes near ${readable(discounted)}`
  return [
    isScaled,
    `${found}: rewards are ${isScaled ? 'divided by the deviation of returns (normalise.reward: true)' : 'learned as they are'}`,
  ]
}

/** A tanh saturates on large features and is deaf to small ones. Features that never change tell nothing. */
const isOdd = ({ std, largest }: FeatureRange): boolean => std > 0 && !isWithin(largest, FEATURES)

const observationReason = ({ features, isBinary }: Probe): readonly [boolean, string] => {
  if (isBinary) return [false, 'observations are 0 and 1: they are used unchanged']
  const odd = features.findIndex(isOdd)
  return odd < 0
    ? [false, 'observations have magnitudes near 1: they are used unchanged']
    : [
        true,
        `observations differ in scale, entry ${odd} reaches ${readable(features[odd]!.largest)} in magnitude: they are whitened (normalise.observation: true)`,
      ]
}

/** Whether rewards are scaled, and observations whitened, by running statistics. */
export const normaliseRule = (probed: Probe): Rule => {
  const [reward, rewardsAre] = rewardReason(probed)
  const [observation, observationsAre] = observationReason(probed)
  return {
    change: { normalise: { ...sb3.normalise, observation, reward } },
    reasons: [rewardsAre, observationsAre],
  }
}

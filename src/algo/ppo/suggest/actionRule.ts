import { choices, partsOf, type Box, type Space } from '../../../env/space.ts'
import type { PpoConfig } from '../config.ts'
import { sb3 } from '../knownPresets.ts'
import { hasGainedNothing, type Probe } from './probe.ts'
import { readable, type Rule } from './rule.ts'

/** Boxes of actions: a space itself, or its parts. */
const boxesIn = (space: Space): readonly Box[] => {
  if (space.kind === 'box') return [space]
  if (space.kind !== 'product' && space.kind !== 'tuple') return []
  return partsOf(space).flatMap(([, part]) => boxesIn(part))
}

/** Sizes of bounds that suit a policy that starts around 0 with a standard deviation of 1. */
const [LEAST, MOST] = [0.5, 4]

const isSuited = (low: number, high: number): boolean =>
  low >= -MOST && low <= -LEAST && high >= LEAST && high <= MOST

const boundFor = (
  boxes: readonly Box[],
): readonly [bound: PpoConfig['actionBound'], reason: string] => {
  const bounds = boxes.flatMap(({ low, high }) => low.map((l, j) => [l, high[j]!] as const))
  if (!bounds.flat().every(Number.isFinite))
    return [
      'clip',
      'actions are numbers that are not bounded on both sides: the policy starts around 0 with a standard deviation of 1 (logStd.init: 0)',
    ]
  const unsuited = bounds.find(([low, high]) => !isSuited(low, high))
  return unsuited === undefined
    ? ['clip', 'actions are numbers with magnitudes near 1: they are clipped at their bounds']
    : [
        'squash',
        `actions are numbers with bounds such as ${readable(unsuited[0])} and ${readable(unsuited[1])}: a tanh scales the policy to them (actionBound: squash)`,
      ]
}

/** How wide the first noise is. Wide noise holds an action for longer at one of its bounds. */
const noiseFor = (probed: Probe): readonly [init: number, reasons: readonly string[]] =>
  hasGainedNothing(probed)
    ? [
        1,
        [
          'no reward was above 0 and only time limits ended episodes: wide noise explores more (logStd.init: 1)',
        ],
      ]
    : [0, []]

/**
 * How the policy explores: with a bonus for entropy where it chooses, and with noise and bounds where it
 * draws numbers.
 */
export const actionRule = (space: Space, probed: Probe): Rule => {
  const boxes = boxesIn(space)
  const hasChoices = choices(space) > 0
  const [actionBound, bounded] = boundFor(boxes)
  const [init, noisy] = noiseFor(probed)
  return {
    change: {
      entropyCoef: hasChoices ? 0.01 : 0,
      ...(boxes.length > 0 ? { actionBound, logStd: { ...sb3.logStd, init } } : {}),
    },
    reasons: [
      ...(hasChoices
        ? ['actions are choices: an entropy bonus keeps the policy exploring (entropyCoef: 0.01)']
        : []),
      ...(boxes.length > 0 ? [bounded, ...noisy] : []),
    ],
  }
}

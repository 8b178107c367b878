import { f64 } from '../math/real.ts'
import { foldIn, type Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectAtLeast, expectNumber, expectOneOf } from '../tensor/argument.ts'
import { shown } from '../tensor/shown.ts'
import { withoutReward, type Clip, type RewardedClip } from './clip.ts'

/** Two clips to compare. */
export interface Pair<C extends Clip = Clip> {
  readonly first: C
  readonly second: C
}

/** A compared pair, without the environment's rewards. */
export interface Preference {
  readonly chosen: Clip
  readonly rejected: Clip
}

/** The better clip of a pair; null if the labeller cannot tell. */
export type Answer = 'first' | 'second' | null

/**
 * A labeller that compares clips by what they show: a person, or a rule. It receives clips without rewards.
 */
export interface BlindLabeller {
  readonly reads: 'clip'
  readonly label: (pairs: readonly Pair[], key: Key) => readonly Answer[]
}

/** A labeller that stands in for a person, and may read the rewards of the environment. */
export interface SyntheticLabeller {
  readonly reads: 'reward'
  readonly label: (pairs: ReadonlyArray<Pair<RewardedClip>>, key: Key) => readonly Answer[]
}

/**
 * A person or a program that says which clip of a pair is better: from what the clips show, or from their
 * rewards.
 */
export type Labeller = BlindLabeller | SyntheticLabeller

/** The sum of the environment's rewards. "Episode over" pays 0. */
export const trueReturn = ({ reward }: RewardedClip): number => reward.reduce((a, b) => a + b, 0)

/** How a synthetic labeller scores clips, and how often it errs. */
export interface SyntheticOptions {
  /** how good a clip is; the sum of the environment's rewards by default */
  readonly score?: (clip: RewardedClip) => number
  /**
   * σ of Bradley and Terry's noise: the first is chosen with probability 1 / (1 + exp((s₂ − s₁)/σ)); 0, the
   * default, chooses the clip with the higher score, and breaks ties at random
   */
  readonly noise?: number
  /** share of answers that are reversed, in [0, 1]; 0 by default */
  readonly wrong?: number
}

/**
 * A labeller that compares scores.
 *
 * @throws RangeError for options out of range or, when it labels, a score that is not finite
 */
export const synthetic = ({
  score = trueReturn,
  noise = 0,
  wrong = 0,
}: SyntheticOptions = {}): SyntheticLabeller => {
  expectAtLeast('noise', noise, 0)
  expectAtLeast('wrong', wrong, 0)
  if (wrong > 1) throw new RangeError(`wrong: expected a share of at most 1, got ${wrong}`)
  const scoreOf = (clip: RewardedClip, row: number, which: string): number => {
    try {
      return expectNumber('score', score(clip))
    } catch (error) {
      throw new RangeError(
        `pairs[${row}].${which}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }
  return {
    reads: 'reward',
    label: (pairs, key) =>
      pairs.map(({ first, second }, row) => {
        const own = foldIn(key, row)
        const margin = scoreOf(first, row, 'first') - scoreOf(second, row, 'second')
        const limit = margin > 0 ? 1 : margin < 0 ? 0 : 0.5
        const p = noise === 0 ? limit : 1 / (1 + f64.exp(-margin / noise))
        const isFirst = uniformAt(own, 0) < p
        const isTurned = uniformAt(own, 1) < wrong
        return isFirst === isTurned ? 'second' : 'first'
      }),
  }
}

/**
 * The preferences that a labeller has in pairs, in their order; pairs without an answer are left out.
 *
 * @throws RangeError unless it answers every pair
 */
export const ask = (
  labeller: Labeller,
  pairs: ReadonlyArray<Pair<RewardedClip>>,
  key: Key,
): readonly Preference[] => {
  const blind = pairs.map(({ first, second }) => ({
    first: withoutReward(first),
    second: withoutReward(second),
  }))
  const answers =
    labeller.reads === 'reward' ? labeller.label(pairs, key) : labeller.label(blind, key)
  return preferencesOf(blind, answers)
}

/**
 * The preferences that answers to pairs of clips express. A pair without an answer gives none.
 *
 * @throws RangeError when there are more or fewer answers than pairs, or one is not an answer
 */
export const preferencesOf = (
  pairs: readonly Pair[],
  answers: readonly Answer[],
): readonly Preference[] => {
  if (!Array.isArray(answers))
    throw new RangeError(
      `answers: expected a list of ${pairs.length}, one per pair, got ${(answers as unknown) instanceof Promise ? 'a promise: see preferencesLearner for answers that take time' : shown(answers)}`,
    )
  if (answers.length !== pairs.length)
    throw new RangeError(`answers: expected ${pairs.length}, one per pair, got ${answers.length}`)
  return pairs.flatMap(({ first, second }, i) => {
    const answer = answers[i]
    if (answer === null) return []
    expectOneOf(`answers[${i}]`, answer ?? '', ['first', 'second'])
    return answer === 'first'
      ? { chosen: withoutReward(first), rejected: withoutReward(second) }
      : { chosen: withoutReward(second), rejected: withoutReward(first) }
  })
}

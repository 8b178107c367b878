/** Settings drawn from a search space. */
import * as E from 'fp-ts/lib/Either.js'
import { algorithms, type AlgorithmName, type Settings } from '../../algo/algorithm.ts'
import { updatesOf } from '../../algo/configFields.ts'
import { withSetting } from '../../algo/settings.ts'
import { f64 } from '../../math/real.ts'
import { foldIn, type Key } from '../../random/key.ts'
import { uniformAt } from '../../random/uniform.ts'
import type { Dimension, SettingValue } from './space.ts'

/** What a search tries. */
export interface Trial {
  /** counted from 0, which is the preset that the search begins with */
  readonly index: number
  readonly settings: Settings
}

/** Draws that must be tried before a space counts as one without settings that can be. */
const MOST_TRIES = 1000

/** A learning curve of fewer updates says nothing of the settings. */
const FEWEST_UPDATES = 4

/** Numbers are drawn to three digits, which are enough and can be read. */
const rounded = (x: number): number => Number(x.toPrecision(3))

const logUniform = (low: number, high: number, u: number): number => {
  const [from, to] = [f64.log(low), f64.log(high)]
  return rounded(f64.exp(from + u * (to - from)))
}

/** The value of a dimension at u in [0, 1). */
export const valueAt = (dimension: Dimension, u: number): SettingValue => {
  if (dimension.kind === 'choice') return dimension.values[Math.floor(u * dimension.values.length)]!
  const x = logUniform(dimension.low, dimension.high, u)
  // 1 − x to as many digits as x has.
  return dimension.kind === 'logUniform' ? x : Number((1 - x).toPrecision(6))
}

/** Whether an algorithm can learn by the settings, and has enough updates in so many steps. */
export const canLearn = (algorithm: AlgorithmName, settings: object, steps: number): boolean => {
  const decoded = algorithms[algorithm].decode({ ...settings, totalSteps: steps })
  return E.isRight(decoded) && updatesOf(decoded.right) >= FEWEST_UPDATES
}

/**
 * Trial `index` of a search: the starting settings for 0, and for any other one a draw of each
 * dimension, again and again until the settings can be together and have enough updates in the
 * shortest run. It depends on the key and the index only.
 *
 * @param fewest environment steps of the shortest run
 * @throws RangeError if no draw can be
 */
export const trialOf = (
  key: Key,
  index: number,
  algorithm: AlgorithmName,
  start: Settings,
  space: readonly Dimension[],
  fewest: number,
): Trial => {
  if (index === 0) return { index, settings: start }
  const own = foldIn(key, index)
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const settings = space.reduce<object>(
      (config, dimension, i) =>
        withSetting(
          config,
          dimension.path,
          valueAt(dimension, uniformAt(own, attempt * space.length + i)),
        ),
      start,
    )
    if (canLearn(algorithm, settings, fewest)) return { index, settings: settings as Settings }
  }
  throw new RangeError(
    `steps: expected enough for ${FEWEST_UPDATES} updates of some settings in the shortest run, got ${fewest}`,
  )
}

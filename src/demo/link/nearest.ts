import * as E from 'fp-ts/lib/Either.js'
import { algorithms, type Settings } from '../../algo/algorithm.ts'
import { describeMistake, type Mistake } from '../../algo/mistake.ts'
import { settings as fieldsOf, withSetting, type Setting } from '../../algo/settings.ts'
import { shown } from '../../tensor/shown.ts'
import { near } from '../../tensor/nearest.ts'

const { decode } = algorithms.ppo

const isRight = (settings: object, path: string): boolean => {
  const decoded = decode(settings)
  return E.isRight(decoded) || !decoded.left.some((mistake) => mistake.path === path)
}

/** Two digits, which people read; the number itself where those would not do. */
const short = (x: number): number => Number(x.toPrecision(2))

/**
 * The value between a wrong number and a right one that is nearest to the wrong one, in two digits or
 * as a whole number.
 */
export const nearestNumber = (
  wrong: number,
  right: number,
  accepts: (x: number) => boolean,
): number => {
  let [bad, good] = [wrong, right]
  for (let i = 0; i < 60; i++) {
    const middle = (bad + good) / 2
    const candidates = [Math.round(middle), middle].filter(accepts)
    if (candidates.length > 0) good = middle
    else bad = middle
  }
  const candidates = [Math.round(good), short(good), short(good + (right - good) / 100)]
  const found = candidates
    .filter(accepts)
    .toSorted((a, b) => Math.abs(a - wrong) - Math.abs(b - wrong))[0]
  // Next to an open end, as 0 for a step size, a number is right and useless.
  return found === undefined || Math.abs(found) < Math.abs(right) / 1e4 ? right : found
}

const valueAt = (settings: object, path: string): unknown => {
  const found = fieldsOf(settings).find(([name]) => name === path)
  return found === undefined ? undefined : (JSON.parse(found[1]) as unknown)
}

const nearestValue = (start: Settings, path: string, given: unknown): unknown => {
  const right = valueAt(start, path)
  if (typeof given !== 'number' || !Number.isFinite(given) || typeof right !== 'number')
    return right
  return nearestNumber(given, right, (x) => isRight(withSetting(start, path, x), path))
}

/** What was wrong with a setting, and what is taken instead. */
export interface Correction {
  readonly path: string
  /** what is wrong, in English, as the library says it */
  readonly problem: string
  /** the setting that is taken instead, in JSON; null if it is left out */
  readonly instead: string | null
}

const ofMistake = (mistake: Mistake, instead: unknown): Correction => ({
  path: mistake.path,
  problem: describeMistake(mistake),
  instead: JSON.stringify(instead),
})

/**
 * Settings over valid ones. What cannot be becomes the nearest that can, or stays as it was at the start.
 */
export const withNearest = (
  start: Settings,
  changes: readonly Setting[],
): { readonly settings: Settings; readonly corrections: readonly Correction[] } => {
  const known = fieldsOf(start).map(([path]) => path)
  const corrections: Correction[] = []
  let settings: object = start
  const taken: string[] = []
  for (const [path, text] of changes) {
    if (!known.includes(path)) {
      const like = near(path, known)
      const hint = like === null ? '' : `: did you mean ${like}?`
      corrections.push({
        path,
        problem: `${path}: expected a field of the config, got ${shown(path)}${hint}`,
        instead: null,
      })
      continue
    }
    let value: unknown = text
    try {
      value = JSON.parse(text)
    } catch {
      // A word without quotes, as `linear`.
    }
    settings = withSetting(settings, path, value)
    taken.push(path)
  }
  // A correction may reveal another: fields that must fit together are checked once each is right.
  for (let round = 0; round <= taken.length + 1; round++) {
    const decoded = decode(settings)
    if (E.isRight(decoded)) return { settings: decoded.right, corrections }
    for (const mistake of decoded.left) {
      const { path } = mistake
      const given = valueAt(settings, path) ?? mistake.got
      const instead = taken.includes(path) ? nearestValue(start, path, given) : valueAt(start, path)
      corrections.push(ofMistake(mistake, instead))
      settings = withSetting(settings, path, instead)
    }
  }
  return { settings: start, corrections }
}

import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import type { Problem } from './problem.ts'

/** Splits text at the commas that stand outside brackets, braces and quotes. */
const splitAtCommas = (text: string): readonly string[] => {
  const parts = ['']
  let depth = 0
  let isQuoted = false
  let isEscaped = false
  for (const character of text) {
    const isSplit = character === ',' && depth === 0 && !isQuoted
    if (isSplit) parts.push('')
    else parts[parts.length - 1] += character
    if (character === '"' && !isEscaped) isQuoted = !isQuoted
    isEscaped = isQuoted && character === '\\' && !isEscaped
    if (isQuoted) continue
    if ('[{'.includes(character)) depth += 1
    if (']}'.includes(character)) depth -= 1
  }
  return parts
}

/** The names of an option that may be given several times, each time with several names. */
export const namesIn = (
  option: string,
  given: readonly string[],
): E.Either<Problem, readonly string[]> => {
  const names = given.flatMap((text) => text.split(','))
  return names.includes('')
    ? E.left(
        `--${option}: expected names, got ${shown(given.join(' '))}: separate them with commas`,
      )
    : E.right([...new Set(names)])
}

/**
 * `--set` of a sweep: each combination of the values of each key, as lists of `key=value`. Values are
 * separated by commas, as in `gamma=0.9,0.99` and `hidden=[32,32],[64,64]`; a key that is given again
 * has more values.
 */
export const combinations = (
  given: readonly string[],
): E.Either<Problem, ReadonlyArray<readonly string[]>> => {
  const values = new Map<string, readonly string[]>()
  for (const setting of given) {
    const at = setting.indexOf('=')
    if (at <= 0) return E.left(`--set: expected key=value,value, got ${shown(setting)}`)
    const key = setting.slice(0, at)
    const found = splitAtCommas(setting.slice(at + 1))
    values.set(key, [...new Set([...(values.get(key) ?? []), ...found])])
  }
  let all: ReadonlyArray<readonly string[]> = [[]]
  for (const [key, choices] of values)
    all = all.flatMap((before) => choices.map((value) => before.concat(`${key}=${value}`)))
  return E.right(all)
}

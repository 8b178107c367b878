import * as E from 'fp-ts/lib/Either.js'
import { separate } from 'fp-ts/lib/Array.js'
import { describeMistake, type Mistake } from '../algo/mistake.ts'
import { shown } from '../tensor/shown.ts'
import { algorithms, type AlgorithmName, type SettingsOf } from '../algo/algorithm.ts'
import { MAY_LACK } from '../algo/configFields.ts'
import { withSetting } from '../algo/settings.ts'
import { near } from '../tensor/nearest.ts'
import type { Problem } from './problem.ts'

type Json = object

const isObject = (u: unknown): u is Json => typeof u === 'object' && u !== null && !Array.isArray(u)

/** `gamma`, `adam.epsilon` …: every field that can be set. */
const paths = (config: Json, before = ''): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    isObject(value) ? paths(value, `${before}${key}.`) : [before + key],
  )

const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// There are too many fields to list.
const noField = (path: string, known: readonly string[]): Problem => {
  const like = near(path, known)
  const hint = like === null ? 'see proximal presets cleanrl' : `did you mean ${like}?`
  return `--set: expected a field of the config, got ${JSON.stringify(path)}: ${hint}`
}

/** A setting as a path and a value, or what is wrong with it. */
const parsed =
  (known: readonly string[]) =>
  (setting: string): E.Either<Problem, readonly [path: string, value: unknown]> => {
    const at = setting.indexOf('=')
    if (at <= 0) return E.left(`--set: expected key=value, got ${shown(setting)}`)
    const path = setting.slice(0, at)
    return known.includes(path)
      ? E.right([path, parseValue(setting.slice(at + 1))])
      : E.left(noField(path, known))
  }

/** A preset with `key=value` settings over it, checked as a whole: a line for each mistake. */
export const withSettings = <N extends AlgorithmName>(
  algorithm: N,
  start: SettingsOf[N],
  settings: readonly string[],
): E.Either<Problem, SettingsOf[N]> => {
  const known = [...new Set([...paths(start), ...MAY_LACK])]
  const { left, right } = separate(settings.map(parsed(known)))
  const config = right.reduce<object>(
    (config, [path, value]) => withSetting(config, path, value),
    start,
  )
  const decoded = algorithms[algorithm].decode(config) as E.Either<
    readonly Mistake[],
    SettingsOf[N]
  >
  const wrong = [...left, ...(E.isLeft(decoded) ? decoded.left.map(describeMistake) : [])]
  return E.isLeft(decoded) || wrong.length > 0 ? E.left(wrong.join('\n')) : decoded
}

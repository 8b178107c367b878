import * as E from 'fp-ts/lib/Either.js'
import { describeMistakes } from '../algo/codec.ts'
import { decodeConfig, type PpoConfig } from '../algo/ppo/config.ts'
import { notOneOf, type Problem } from './problem.ts'

type Json = { readonly [key: string]: unknown }

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

const replaced = (config: Json, [key, ...rest]: readonly string[], value: unknown): Json => {
  const inner = config[key!]
  return {
    ...config,
    [key!]: isObject(inner) && rest.length > 0 ? replaced(inner, rest, value) : value,
  }
}

/** A preset with `key=value` settings over it, checked as a whole. */
export const withSettings = (
  start: PpoConfig,
  settings: readonly string[],
): E.Either<Problem, PpoConfig> => {
  let config: Json = start
  const known = paths(start)
  for (const setting of settings) {
    const at = setting.indexOf('=')
    if (at <= 0) return E.left(`--set: expected key=value, got ${JSON.stringify(setting)}`)
    const key = setting.slice(0, at)
    if (!known.includes(key)) return E.left(notOneOf('--set', key, known))
    config = replaced(config, key.split('.'), parseValue(setting.slice(at + 1)))
  }
  return E.mapLeft(describeMistakes)(decodeConfig(config))
}

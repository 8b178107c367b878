import * as E from 'fp-ts/lib/Either.js'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { near } from '../tensor/nearest.ts'
import { shown } from '../tensor/shown.ts'
import type { Problem } from './problem.ts'

export type Options = NonNullable<ParseArgsConfig['options']>

type Config<O extends Options> = {
  args: string[]
  options: O
  allowPositionals: true
  strict: true
}

export interface Given<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<Config<O>>>['values']
  readonly names: readonly string[]
}

/** An option as it was written, such as `--seed 2` or `--seed=2`. */
interface Written {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** Why an option is wrong, or null. */
const problemOf = (
  { name, rawName, value, inlineValue }: Written,
  options: Options,
): Problem | null => {
  if (!Object.hasOwn(options, name)) {
    const like = near(name, Object.keys(options))
    const hint = like === null ? 'see --help' : `did you mean --${like}?`
    return `${shown(rawName)}: expected an option of this command, got an unknown one: ${hint}`
  }
  if (options[name]!.type === 'boolean')
    return value === undefined
      ? null
      : `${rawName}: expected no value, got ${shown(value)}: leave it out`
  if (value === undefined)
    return `${rawName}: expected a value, got nothing: write ${rawName}=VALUE`
  // A number may be negative; what begins with two dashes is most likely the next option.
  return inlineValue !== true && value.startsWith('--')
    ? `${rawName}: expected a value, got ${shown(value)}: write ${rawName}=${value} if that is the value`
    : null
}

/**
 * Parses the names and options of a command.
 *
 * @param positionals what the arguments without a dash are, by the options that were given
 */
export const parseOptions = <const O extends Options>(
  args: readonly string[],
  options: O,
  positionals: (given: Given<O>) => readonly string[],
): E.Either<Problem, Given<O>> => {
  // Not strict: the messages of a strict parser do not say what to do.
  const {
    tokens,
    values,
    positionals: names,
  } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true })
  for (const token of tokens) {
    const problem = token.kind === 'option' ? problemOf(token, options) : null
    if (problem !== null) return E.left(problem)
  }
  const expected = positionals({ values, names })
  if (names.length < expected.length)
    return E.left(`${expected[names.length]}: expected one, got nothing: see --help`)
  if (names.length > expected.length)
    return E.left(
      `${names[expected.length]}: expected ${expected.length === 0 ? 'nothing but options' : `no more than ${expected.join(' ')}`}: leave it out`,
    )
  return E.right({ values, names })
}

/** A whole number given as text. */
export const wholeNumber = (
  name: string,
  text: string | undefined,
  otherwise: number,
  least: number,
): E.Either<Problem, number> => {
  if (text === undefined) return E.right(otherwise)
  const x = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(x) && x >= least
    ? E.right(x)
    : E.left(
        `--${name}: expected a whole number from ${least} to 2^53 - 1, got ${JSON.stringify(text)}`,
      )
}

import * as E from 'fp-ts/lib/Either.js'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { messageOf, type Problem } from './problem.ts'

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
  const parsed = E.tryCatch(
    () => parseArgs<Config<O>>({ args: [...args], options, allowPositionals: true, strict: true }),
    messageOf,
  )
  if (E.isLeft(parsed)) return parsed
  const { values, positionals: names } = parsed.right
  const expected = positionals({ values, names })
  if (names.length < expected.length)
    return E.left<Problem>(`${expected[names.length]}: expected one, got nothing: see --help`)
  if (names.length > expected.length)
    return E.left<Problem>(
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

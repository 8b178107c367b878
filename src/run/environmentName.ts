import { codec } from '../algo/codec.ts'

const LONGEST = 100

// Control, format and private characters, lone surrogates, and separators of lines.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u

/** Describes a valid environment name, for error messages. */
export const A_NAME = `a name of 1 to ${LONGEST} printable characters`

/** Whether a value is a valid environment name: 1 to 100 printable characters on one line. */
export const isEnvironmentName = (u: unknown): u is string =>
  typeof u === 'string' && u.trim() !== '' && u.length <= LONGEST && !UNPRINTABLE.test(u)

export const environmentName = codec(A_NAME, isEnvironmentName)

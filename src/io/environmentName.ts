import { codec } from '../algo/codec.ts'

const LONGEST = 100

// Control, format and private characters, lone surrogates, and separators of lines.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u

/** What an environment's name has to be wherever it is stored or shown. */
export const A_NAME = `a name of 1 to ${LONGEST} printable characters`

/** Whether an environment may have that name in a file: one line that a terminal shows as it is. */
export const isEnvironmentName = (u: unknown): u is string =>
  typeof u === 'string' && u.trim() !== '' && u.length <= LONGEST && !UNPRINTABLE.test(u)

export const environmentName = codec(A_NAME, isEnvironmentName)

import { shown, shownKey } from '../tensor/shown.ts'

/** A mistake in a value from outside: which field, what was expected, and what was there. */
export interface Mistake {
  readonly path: string
  readonly expected: string
  readonly got: unknown
  /** the allowed name that is most like what came */
  readonly near?: string
}

/** The path of a mistake that no field of the value is to blame for. */
export const ROOT = 'all of it'

/** A mistake in a field or entry, as one in the value that contains it. */
export const within = ({ path, ...mistake }: Mistake, key: string): Mistake => ({
  path: path === ROOT ? shownKey(key) : `${shownKey(key)}.${path}`,
  ...mistake,
})

/** `clip: expected a number > 0, got -1`, a line. */
export const describeMistake = ({ path, expected, got, near }: Mistake): string =>
  `${path}: expected ${expected}, got ${shown(got)}${near === undefined ? '' : `: did you mean ${near}?`}`

/**
 * All mistakes of a config as one line of text: the path of each, what is allowed, and what was
 * there.
 */
export const describeMistakes = (mistakes: readonly Mistake[]): string =>
  mistakes.map(describeMistake).join('; ')

import { shown } from './shown.ts'

/**
 * Throws unless it is a list, for callers in plain JavaScript: `xs: expected a list of numbers, got nothing`.
 * What it holds is not looked at.
 */
export const expectList = (argument: string, of: string, list: ArrayLike<unknown>): void => {
  if (!Array.isArray(list) && !ArrayBuffer.isView(list))
    throw new RangeError(`${argument}: expected a list of ${of}, got ${shown(list)}`)
}

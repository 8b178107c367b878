import { printable } from './printable.ts'

/** Longer than any list of a config, and than any list worth showing. */
export const LONGEST_LIST = 1000

/** Longest text of what came, in a line about it. */
const LONGEST = 60

const cut = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`

const json = (u: object): string => {
  try {
    const kind = Object.prototype.toString.call(u).slice(8, -1)
    const text: unknown = JSON.stringify(u)
    if (kind !== 'Object' && kind !== 'Array') return `an object (${kind})`
    return typeof text === 'string' ? text : 'an object'
  } catch {
    return 'an object'
  }
}

const short = (got: unknown): string => {
  if (got === undefined) return 'nothing'
  if (typeof got === 'number') return Object.is(got, -0) ? '-0' : String(got)
  if (typeof got === 'bigint') return cut(`${got}n`)
  if (typeof got === 'symbol' || typeof got === 'function') return `a ${typeof got}`
  if (typeof got === 'string')
    return got.length <= LONGEST
      ? JSON.stringify(got)
      : `${JSON.stringify(got.slice(0, LONGEST))}… (${got.length} characters)`
  if (typeof got === 'boolean' || got === null) return String(got)
  return Array.isArray(got) && got.length > LONGEST_LIST
    ? `a list of ${got.length}`
    : cut(json(got))
}

/** What came, as a short piece of one line of printable characters, whatever it is. */
export const shown = (got: unknown): string => printable(short(got))

/** The name of a field as a piece of a path, quoted where it is not a plain word. */
export const shownKey = (key: string): string => (/^[\w$-]{1,60}$/.test(key) ? key : shown(key))

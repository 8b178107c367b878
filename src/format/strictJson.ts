import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from './either.ts'

const QUOTE = 34
const BACKSLASH = 92

/** Where the string that opens at `from` has its closing quote; the end of the text if nowhere. */
const closing = (text: string, from: number): number => {
  let i = from + 1
  while (i < text.length && text.charCodeAt(i) !== QUOTE)
    i += text.charCodeAt(i) === BACKSLASH ? 2 : 1
  return i
}

const isSpace = (c: string | undefined): boolean =>
  c === ' ' || c === '\n' || c === '\r' || c === '\t'

const isKey = (text: string, after: number): boolean => {
  let i = after
  while (isSpace(text[i])) i++
  return text[i] === ':'
}

/** What JSON.parse would keep silent about: a repeated key, and nesting below `depth`. */
const problemOf = (text: string, depth: number): string | null => {
  const open: Set<string>[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '{' || c === '[') {
      if (open.push(new Set()) > depth) return `expected at most ${depth} levels, got more`
    } else if (c === '}' || c === ']') open.pop()
    else if (c === '"') {
      const end = closing(text, i)
      if (isKey(text, end + 1)) {
        const written = text.slice(i, end + 1)
        const key = String(JSON.parse(written))
        if (open.at(-1)?.has(key) === true)
          return `expected different keys, got ${written.slice(0, 60)} twice`
        open.at(-1)?.add(key)
      }
      i = end
    }
  }
  return null
}

/**
 * A text of JSON as a value, where JSON.parse would keep the last of two equal keys, however they
 * are escaped. Work and memory are linear in the text.
 *
 * @returns Left with what is wrong: no JSON, a key twice in one object, or brackets nested deeper
 * than `depth`
 */
export const parseStrict = (text: string, depth: number): Either<string, unknown> => {
  try {
    const problem = problemOf(text, depth)
    return problem === null ? right(JSON.parse(text) as unknown) : left(problem)
  } catch {
    return left('expected JSON, got something else')
  }
}

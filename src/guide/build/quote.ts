/** Quotes of the library's sources, taken when the guide is built, so that they cannot go stale. */

export interface Quote {
  /** the lines, without common indentation */
  readonly text: string
  /** the number of the first line in its file, from 1 on */
  readonly line: number
}

/** What a block of language `source` asks for: `src/rl/gae.ts#gae from "delta" to "later"`. */
export interface QuoteRequest {
  readonly path: string
  readonly name: string
  /** texts that the first and the last line contain */
  readonly range: readonly [from: string, to: string] | null
}

const REQUEST = /^(\S+)#([\w$]+)(?: from "([^"]+)" to "([^"]+)")?$/

/** @throws RangeError when the text is no request */
export const quoteRequest = (text: string): QuoteRequest => {
  const match = REQUEST.exec(text.trim())
  if (match === null)
    throw new RangeError(
      `source: expected \`path#name\` or \`path#name from "…" to "…"\`, got ${JSON.stringify(text)}`,
    )
  const [, path, name, from, to] = match
  return {
    path: path!,
    name: name!,
    range: from === undefined || to === undefined ? null : [from, to],
  }
}

/** A line at the margin that continues with the declaration above: `}`, `})`, `): string => {`. */
const isClosing = (line: string): boolean => /^[})\]]/.test(line)

const escapedPattern = (text: string): string => text.replaceAll('$', String.raw`\$`)

/** The lines [from, to) of a top-level declaration, without its docstring. */
const declarationOf = (lines: readonly string[], name: string): readonly [number, number] => {
  const start = new RegExp(
    `^(?:export )?(?:declare )?(?:async )?(?:const|let|function\\*?|interface|type) ${escapedPattern(name)}\\b`,
  )
  const from = lines.findIndex((line) => start.test(line))
  if (from < 0) throw new RangeError(`source: expected a declaration of ${name}, found none`)
  let to = from + 1
  while (to < lines.length && (/^(\s|$)/.test(lines[to]!) || isClosing(lines[to]!))) to++
  while (lines[to - 1]!.trim() === '') to--
  return [from, to]
}

const dedented = (lines: readonly string[]): string => {
  const indents = lines.filter((line) => line !== '').map((line) => /^ */.exec(line)![0].length)
  const common = Math.min(...indents)
  return lines.map((line) => line.slice(common)).join('\n')
}

/**
 * The lines of a source that a request asks for.
 *
 * @throws RangeError when the declaration or a line is missing
 */
export const quote = (source: string, { name, range }: QuoteRequest): Quote => {
  const lines = source.split('\n')
  const [start, end] = declarationOf(lines, name)
  if (range === null) return { text: dedented(lines.slice(start, end)), line: start + 1 }
  const find = (text: string, after: number): number => {
    const at = lines.findIndex((line, i) => i >= after && i < end && line.includes(text))
    if (at < 0)
      throw new RangeError(`source: expected a line with ${JSON.stringify(text)} in ${name}`)
    return at
  }
  const from = find(range[0], start)
  const to = find(range[1], from)
  return { text: dedented(lines.slice(from, to + 1)), line: from + 1 }
}

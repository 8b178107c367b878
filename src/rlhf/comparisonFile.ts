import * as E from 'fp-ts/lib/Either.js'
import { isObject } from '../format/json.ts'
import { parseStrict } from '../format/strictJson.ts'
import { isSame, type Comparison } from './comparison.ts'
import { decode, encode, type Sequence } from './encode.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Why a line is no comparison:
 *
 * - `json`: not JSON, or not of the fields below
 * - `few`: fewer than two responses
 * - `empty`: a response without tokens
 * - `equal`: two equal responses
 * - `token`: a token outside the vocabulary
 * - `other`: a response other than those to compare
 */
export interface ComparisonError {
  readonly kind: 'json' | 'few' | 'empty' | 'equal' | 'token' | 'other'
  /** the line, from 0 on */
  readonly row: number
  readonly problem: string
}

/** A line for each comparison, ended by a line feed: `{"ranked":["the best","…","the worst"]}`. */
export const encodeComparisons =
  (vocabulary: Vocabulary) =>
  (comparisons: readonly Comparison[]): string => {
    const write = decode(vocabulary)
    return comparisons
      .map(({ ranked }) => `${JSON.stringify({ ranked: ranked.map(write) })}\n`)
      .join('')
  }

const rankedOf = (value: unknown): readonly string[] | null => {
  if (!isObject(value)) return null
  const { ranked, chosen, rejected } = value
  if (Array.isArray(ranked) && ranked.every((text): text is string => typeof text === 'string'))
    return Object.keys(value).length === 1 ? ranked : null
  return typeof chosen === 'string' && typeof rejected === 'string' ? [chosen, rejected] : null
}

const DEPTH = 4

/**
 * Comparisons from lines of JSON: `{"ranked":[…]}`, the best first, or `{"chosen":"…","rejected":"…"}`, as
 * other tools write them. Blank lines are passed over.
 *
 * @param among the responses that were to be compared; any unless given
 * @returns Left of the first line that is wrong
 */
export const decodeComparisons = (
  vocabulary: Vocabulary,
  among: readonly Sequence[] | null = null,
): ((lines: Iterable<string>) => E.Either<ComparisonError, readonly Comparison[]>) => {
  const read = encode(vocabulary)
  const write = decode(vocabulary)
  const known = among === null ? null : new Set(among.map((response) => response.join()))
  return (lines) => {
    const comparisons: Comparison[] = []
    let row = -1
    for (const line of lines) {
      row++
      if (line.trim() === '') continue
      const failed = (kind: ComparisonError['kind'], problem: string) =>
        E.left<ComparisonError>({ kind, row, problem: `line ${row + 1}: ${problem}` })
      const parsed = parseStrict(line, DEPTH)
      if (E.isLeft(parsed)) return failed('json', parsed.left)
      const texts = rankedOf(parsed.right)
      if (texts === null)
        return failed(
          'json',
          'expected {"ranked":["…","…"]} or {"chosen":"…","rejected":"…"}, got other fields',
        )
      if (texts.length < 2)
        return failed('few', `expected at least two responses, got ${texts.length}`)
      const ranked = read(texts)
      if (E.isLeft(ranked)) return failed('token', ranked.left.problem)
      for (const [i, response] of ranked.right.entries()) {
        const text = JSON.stringify(write(response))
        if (response.length === 0)
          return failed('empty', `expected a response with tokens, got ${text} as number ${i + 1}`)
        if (ranked.right.slice(0, i).some((other) => isSame(other, response)))
          return failed('equal', `expected different responses, got ${text} twice`)
        if (known !== null && !known.has(response.join()))
          return failed('other', `expected responses of the samples, got ${text}, which is none`)
      }
      comparisons.push({ ranked: ranked.right })
    }
    return E.right(comparisons)
  }
}

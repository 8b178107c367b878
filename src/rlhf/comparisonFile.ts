import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isObject } from '../format/json.ts'
import { parseStrict } from '../format/strictJson.ts'
import { isSame, setName, type Comparison } from './comparison.ts'
import { decode, encode, type Sequence } from './encode.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Why a line is not a comparison:
 *
 * - `json`: not JSON, or not of the fields below
 * - `few`: fewer than two responses
 * - `empty`: a response without tokens
 * - `equal`: two equal responses
 * - `token`: a token outside the vocabulary
 * - `other`: a response other than those to compare, or a label taken back that was never given
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

/** A line of a file of labels, in the order in which they were given. */
export interface Label {
  /**
   * `ranked`: the best response first; `tied`: none is better, which teaches nothing; `undone`: the last
   * label of these responses is taken back
   */
  readonly kind: 'ranked' | 'tied' | 'undone'
  readonly responses: readonly Sequence[]
}

/** The line of a label, ended by a line feed: `{"ranked":["better","worse"]}`. */
export const encodeLabel =
  (vocabulary: Vocabulary) =>
  ({ kind, responses }: Label): string =>
    `${JSON.stringify({ [kind]: responses.map(decode(vocabulary)) })}\n`

const KINDS = ['ranked', 'tied', 'undone'] as const

const areTexts = (u: unknown): u is readonly string[] =>
  Array.isArray(u) && u.every((text) => typeof text === 'string')

const labelOf = (
  value: unknown,
): { readonly kind: Label['kind']; readonly texts: readonly string[] } | null => {
  if (!isObject(value)) return null
  const { chosen, rejected } = value
  const kind = KINDS.find((name) => name in value)
  if (kind !== undefined) {
    const texts = value[kind]
    return areTexts(texts) && Object.keys(value).length === 1 ? { kind, texts } : null
  }
  return typeof chosen === 'string' && typeof rejected === 'string'
    ? { kind: 'ranked', texts: [chosen, rejected] }
    : null
}

const DEPTH = 4

/**
 * The labels that stand, of lines of JSON: `{"ranked":[…]}`, the best first; `{"chosen":"…","rejected":"…"}`,
 * as other tools write them; `{"tied":[…]}`; and `{"undone":[…]}`, which takes back the last label of these
 * responses. Blank lines are passed over.
 *
 * @param among the responses that were to be compared; any by default
 * @returns Left of the first line that is wrong
 */
export const decodeLabels = (
  vocabulary: Vocabulary,
  among: readonly Sequence[] | null = null,
): ((lines: Iterable<string>) => E.Either<ComparisonError, readonly Label[]>) => {
  const read = encode(vocabulary, 'responses')
  const write = decode(vocabulary)
  const known = among === null ? null : new Set(among.map((response) => response.join()))
  return (lines) => {
    const labels: Array<{ readonly label: Label; readonly name: string }> = []
    let row = -1
    for (const line of lines) {
      row++
      if (line.trim() === '') continue
      const failed = (kind: ComparisonError['kind'], problem: string) =>
        E.left<ComparisonError>({ kind, row, problem: `line ${row + 1}: ${problem}` })
      const parsed = parseStrict(line, DEPTH)
      if (E.isLeft(parsed)) return failed('json', parsed.left)
      const found = labelOf(parsed.right)
      if (found === null)
        return failed(
          'json',
          'expected {"ranked":["…","…"]} or {"chosen":"…","rejected":"…"}, got other fields',
        )
      const { kind, texts } = found
      if (texts.length < 2)
        return failed('few', `expected at least two responses, got ${texts.length}`)
      const responses = read(texts)
      if (E.isLeft(responses)) return failed('token', responses.left.problem)
      for (const [i, response] of responses.right.entries()) {
        const text = JSON.stringify(write(response))
        if (response.length === 0)
          return failed('empty', `expected a response with tokens, got ${text} as number ${i + 1}`)
        if (responses.right.slice(0, i).some((other) => isSame(other, response)))
          return failed('equal', `expected different responses, got ${text} twice`)
        if (known !== null && !known.has(response.join()))
          return failed(
            'other',
            `expected responses of the samples, got ${text}, which is not one of them`,
          )
      }
      const name = setName(responses.right)
      if (kind !== 'undone') {
        labels.push({ label: { kind, responses: responses.right }, name })
        continue
      }
      const at = labels.findLastIndex((one) => one.name === name)
      if (at < 0)
        return failed('other', 'expected a label of these responses to take back, got none')
      labels.splice(at, 1)
    }
    return E.right(labels.map(({ label }) => label))
  }
}

/**
 * The comparisons in such lines: see `decodeLabels`.
 *
 * @returns Left of the first line that is wrong
 */
export const decodeComparisons = (
  vocabulary: Vocabulary,
  among: readonly Sequence[] | null = null,
): ((lines: Iterable<string>) => E.Either<ComparisonError, readonly Comparison[]>) => {
  const read = decodeLabels(vocabulary, among)
  return (lines) =>
    pipe(
      read(lines),
      E.map((labels) =>
        labels.flatMap(({ kind, responses }) => (kind === 'ranked' ? [{ ranked: responses }] : [])),
      ),
    )
}

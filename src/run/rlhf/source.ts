import * as E from 'fp-ts/lib/Either.js'
import { isObject } from '../../format/json.ts'
import { parseStrict } from '../../format/strictJson.ts'
import { frequentTokens, tokensOf, type TokenKind } from '../../rlhf/vocabulary.ts'

/** A text to learn from, and whether the hidden score of `gold` learns from it what it likes. */
export interface SourceText {
  readonly text: string
  readonly liked: boolean
}

/** How a response is judged by a function of the user's own. */
export type TextScore = (text: string, tokens: readonly string[]) => unknown

/** What the stages begin with, beside the config. */
export interface PipelineSource {
  readonly texts: readonly SourceText[]
  /** lines of the file of comparisons; null where there is none */
  readonly comparisons: readonly string[] | null
  /** null where there is none */
  readonly score: TextScore | null
}

/** The texts that have none but the `most` most frequent tokens, and no blank ones. */
export const usableTexts = (
  kind: TokenKind,
  texts: readonly string[],
  most: number,
): readonly string[] => {
  const written = texts.filter((text) => text.trim() !== '')
  const frequent = new Set(frequentTokens(kind, written, most))
  return written.filter((text) => tokensOf(kind, text).every((token) => frequent.has(token)))
}

/** The shorter half of texts is liked: a labeller for texts of which nothing else is known. */
export const likingShort = (
  kind: TokenKind,
  texts: readonly string[],
): { readonly texts: readonly SourceText[]; readonly length: number } => {
  const lengths = texts.map((text) => tokensOf(kind, text).length)
  const sorted = lengths.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  return {
    texts: texts.map((text, i) => ({ text, liked: lengths[i]! <= middle })),
    length: sorted[Math.floor(sorted.length / 4)] ?? 0,
  }
}

/** A length that most texts do not exceed, and no more than `most`. */
export const usualLength = (kind: TokenKind, texts: readonly string[], most: number): number => {
  const sorted = texts.map((text) => tokensOf(kind, text).length).toSorted((a, b) => a - b)
  return Math.max(1, Math.min(most, sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 1))
}

/** A line for each text: `{"text":"anna","liked":true}`. */
export const encodeTexts = (texts: readonly SourceText[]): string =>
  texts.map(({ text, liked }) => `${JSON.stringify({ text, liked })}\n`).join('')

const LEVELS = 2

export const decodeTexts = (lines: Iterable<string>): E.Either<string, readonly SourceText[]> => {
  const texts: SourceText[] = []
  for (const line of lines) {
    const parsed = parseStrict(line, LEVELS)
    const { text, liked } = E.isRight(parsed) && isObject(parsed.right) ? parsed.right : {}
    if (typeof text !== 'string' || typeof liked !== 'boolean')
      return E.left(
        `line ${texts.length + 1}: expected {"text":"…","liked":true or false}, got something else`,
      )
    texts.push({ text, liked })
  }
  return E.right(texts)
}

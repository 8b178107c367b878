import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Key } from '../random/key.ts'
import { permutation } from '../random/permutation.ts'
import { data } from '../tensor/tensor.ts'
import { encode, type Sequence } from './encode.ts'
import {
  corpusError,
  frequentTokens,
  tokensOf,
  vocabulary,
  type CorpusError,
  type TokenKind,
  type Vocabulary,
} from './vocabulary.ts'

/** Texts to learn from, and what they are written in. */
export interface Corpus {
  readonly vocabulary: Vocabulary
  readonly sequences: readonly Sequence[]
}

/** How texts are split into tokens, and how many tokens are kept. */
export interface CorpusOptions {
  /** `characters` by default */
  readonly tokens?: TokenKind
  /** keeps the most frequent tokens, and the texts that have no others; all by default */
  readonly most?: number
}

/**
 * A corpus of texts, one sequence each, with a vocabulary of their own: the tokens in the order of code
 * units. Blank texts are left out.
 *
 * @returns Left of an `empty` error where no text is left, or of a `vocabulary` error where a token
 * is written like a special one
 */
export const corpus = (
  texts: readonly string[],
  { tokens = 'characters', most = Infinity }: CorpusOptions = {},
): E.Either<CorpusError, Corpus> => {
  const written = texts.filter((text) => text.trim() !== '')
  const frequent = new Set(frequentTokens(tokens, written, most))
  const kept =
    most === Infinity
      ? written
      : written.filter((text) => tokensOf(tokens, text).every((token) => frequent.has(token)))
  if (kept.length === 0)
    return E.left(
      corpusError(
        'empty',
        `texts: expected at least one, got ${texts.length}, none of them usable`,
      ),
    )
  return pipe(
    vocabulary(
      tokens,
      [...frequent].toSorted((a, b) => (a < b ? -1 : 1)),
    ),
    E.chain((own) =>
      pipe(
        encode(own)(kept),
        E.map((sequences) => ({ vocabulary: own, sequences })),
      ),
    ),
  )
}

/** Sequences to learn from, and others to measure with. */
export interface Split<T> {
  readonly train: readonly T[]
  readonly heldOut: readonly T[]
}

/**
 * Holds out some items, chosen at random by the key. Both parts keep the order of the items.
 *
 * @param count how many items, a whole number >= 0 and less than there are
 * @throws RangeError unless something is left to learn from
 */
export const holdOut =
  (key: Key, count: number) =>
  <T>(items: readonly T[]): Split<T> => {
    if (!(Number.isInteger(count) && count >= 0 && count < items.length))
      throw new RangeError(
        `count: expected a whole number from 0 to ${items.length - 1}, got ${count}`,
      )
    const order = data(permutation(key, 'item', items.length)) as Int32Array
    const held = new Set(order.subarray(0, count))
    return {
      train: items.filter((_, i) => !held.has(i)),
      heldOut: items.filter((_, i) => held.has(i)),
    }
  }

import * as E from 'fp-ts/lib/Either.js'

/** The tokens of a text: code points, or the words between white space. */
export type TokenKind = 'characters' | 'words'

/** The names of tokens that no text contains. */
export interface SpecialTokens {
  /** stands before the first token of a sequence */
  readonly bos: string
  /** ends a sequence */
  readonly eos: string
  /** fills a context that reaches back beyond BOS */
  readonly pad: string
}

/**
 * The tokens that a language model reads and writes. Token i has the number i; EOS, BOS and PAD follow
 * in that order, so that the tokens that can be written, EOS included, are the numbers 0 … n, and BOS
 * and PAD are only ever read.
 */
export interface Vocabulary extends SpecialTokens {
  readonly kind: TokenKind
  /** n different tokens */
  readonly tokens: readonly string[]
}

/**
 * Why texts, or what describes them, cannot be used:
 *
 * - `vocabulary`: there is no token, one comes twice, or special tokens are equal
 * - `token`: a text has a token that the vocabulary does not
 * - `empty`: there is no text
 * - `encoding`: bytes are not UTF-8
 * - `large`: there are more bytes than allowed
 * - `missing`: a package that has the texts is not installed
 */
export interface CorpusError {
  readonly kind: 'vocabulary' | 'token' | 'empty' | 'encoding' | 'large' | 'missing'
  /** the text, from 0 on; in a file, the line; null where the problem is not that of a single text */
  readonly row: number | null
  readonly problem: string
}

export const corpusError = (
  kind: CorpusError['kind'],
  problem: string,
  row: number | null = null,
): CorpusError => ({ kind, row, problem })

const SPECIAL: SpecialTokens = { bos: '<bos>', eos: '<eos>', pad: '<pad>' }

/**
 * The vocabulary of these tokens, in this order.
 *
 * @param special other names than `<bos>`, `<eos>` and `<pad>`
 * @returns Left of a `vocabulary` error unless there is a token, all are different, and no special one
 * is equal to another or to a token
 */
export const vocabulary = (
  kind: TokenKind,
  tokens: readonly string[],
  special: Partial<SpecialTokens> = {},
): E.Either<CorpusError, Vocabulary> => {
  const { bos, eos, pad } = { ...SPECIAL, ...special }
  if (tokens.length === 0)
    return E.left(corpusError('vocabulary', 'tokens: expected at least one, got none'))
  const places = new Map<string, string>()
  const named = [
    ...tokens.map((token, i) => [`tokens[${i}]`, token] as const),
    ['eos', eos] as const,
    ['bos', bos] as const,
    ['pad', pad] as const,
  ]
  for (const [name, token] of named) {
    const other = places.get(token)
    if (other !== undefined)
      return E.left(
        corpusError(
          'vocabulary',
          `${name}: expected a token other than ${other}, got ${JSON.stringify(token)} for both`,
        ),
      )
    places.set(token, name)
  }
  return E.right({ kind, tokens, bos, eos, pad })
}

/** The numbers of EOS, BOS and PAD; how many tokens can be written, and how many can be read. */
export const tokenIds = ({ tokens: { length } }: Pick<Vocabulary, 'tokens'>) => ({
  eos: length,
  bos: length + 1,
  pad: length + 2,
  /** the tokens and EOS */
  written: length + 1,
  /** the tokens, EOS, BOS and PAD */
  read: length + 3,
})

/** The tokens of a text, in order. */
export const tokensOf = (kind: TokenKind, text: string): readonly string[] =>
  kind === 'characters' ? Array.from(text) : text.split(/\s+/u).filter((word) => word !== '')

/**
 * The tokens of texts by frequency, the most frequent first; ties are in the order of code units.
 *
 * @param most the maximum number of tokens
 */
export const frequentTokens = (
  kind: TokenKind,
  texts: readonly string[],
  most = Infinity,
): readonly string[] => {
  const counts = new Map<string, number>()
  for (const text of texts)
    for (const token of tokensOf(kind, text)) counts.set(token, (counts.get(token) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([token]) => token)
}

import * as E from 'fp-ts/lib/Either.js'
import { corpusError, tokenIds, tokensOf, type CorpusError, type Vocabulary } from './vocabulary.ts'

/** The numbers of a text's tokens, without BOS, EOS or PAD. */
export type Sequence = readonly number[]

/**
 * Texts as sequences.
 *
 * @param argument the name of the texts in errors
 * @returns Left of a `token` error at the first token outside the vocabulary, with its row
 */
export const encode = (
  vocabulary: Vocabulary,
  argument = 'texts',
): ((texts: readonly string[]) => E.Either<CorpusError, readonly Sequence[]>) => {
  const ids = new Map(vocabulary.tokens.map((token, id) => [token, id]))
  return (texts) => {
    const sequences: Sequence[] = []
    for (const [row, text] of texts.entries()) {
      const sequence: number[] = []
      for (const [at, token] of tokensOf(vocabulary.kind, text).entries()) {
        const id = ids.get(token)
        if (id === undefined)
          return E.left(
            corpusError(
              'token',
              `${argument}[${row}][${at}]: expected one of ${ids.size} tokens, got ${JSON.stringify(token)}`,
              row,
            ),
          )
        sequence.push(id)
      }
      sequences.push(sequence)
    }
    return E.right(sequences)
  }
}

/**
 * The text of a sequence. `decode(v)(encode(v)(text))` is the text, but for white space between words,
 * which becomes one space.
 *
 * @throws RangeError at a number that is not a token
 */
export const decode =
  ({ kind, tokens }: Vocabulary) =>
  (sequence: Sequence): string =>
    sequence
      .map((id, at) => {
        const token = tokens[id]
        if (token === undefined)
          throw new RangeError(
            `sequence[${at}]: expected a whole number from 0 to ${tokens.length - 1}, got ${id}`,
          )
        return token
      })
      .join(kind === 'characters' ? '' : ' ')

/**
 * The sequence itself.
 *
 * @throws RangeError where one of its numbers is not a token, which includes EOS, BOS and PAD
 */
export const expectSequence = (
  argument: string,
  vocabulary: Pick<Vocabulary, 'tokens'>,
  sequence: Sequence,
): Sequence => {
  const { eos } = tokenIds(vocabulary)
  for (const [at, id] of sequence.entries())
    if (!(Number.isInteger(id) && id >= 0 && id < eos))
      throw new RangeError(
        `${argument}[${at}]: expected a whole number from 0 to ${eos - 1}, got ${id}`,
      )
  return sequence
}

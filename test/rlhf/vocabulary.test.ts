import * as E from 'fp-ts/lib/Either.js'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { decode, encode, expectSequence } from '../../src/rlhf/encode.ts'
import {
  frequentTokens,
  tokenIds,
  tokensOf,
  vocabulary,
  type Vocabulary,
} from '../../src/rlhf/vocabulary.ts'
import { right } from '../support/either.ts'

const letters = (): Vocabulary => right(vocabulary('characters', ['a', 'b', 'c']))

describe('a vocabulary', () => {
  test('numbers its tokens, then EOS, BOS and PAD, of which only EOS can be written', () => {
    expect(tokenIds(letters())).toStrictEqual({ eos: 3, bos: 4, pad: 5, written: 4, read: 6 })
  })

  test.each([
    [['a', 'b', 'a'], {}, 'tokens[2]: expected a token other than tokens[0], got "a" for both'],
    [['a'], { pad: '<eos>' }, 'pad: expected a token other than eos, got "<eos>" for both'],
    [['a'], { bos: '|', eos: '|' }, 'bos: expected a token other than eos, got "|" for both'],
    [['a'], { eos: 'a' }, 'eos: expected a token other than tokens[0], got "a" for both'],
    [[], {}, 'tokens: expected at least one, got none'],
  ])('refuses %j with %j', (tokens, special, problem) => {
    expect(vocabulary('characters', tokens, special)).toStrictEqual(
      E.left({ kind: 'vocabulary', row: null, problem }),
    )
  })

  test('counts the most frequent tokens first, and equally frequent ones by their code units', () => {
    expect(frequentTokens('words', ['b a c', 'c  a\tc'])).toStrictEqual(['c', 'a', 'b'])
    expect(frequentTokens('characters', ['ba', 'ab', 'z'], 2)).toStrictEqual(['a', 'b'])
  })
})

describe('texts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 })

  test.prop({ texts: fc.array(text, { minLength: 1, maxLength: 5 }) })(
    'come back from their numbers, character by character',
    ({ texts }) => {
      const tokens = frequentTokens('characters', texts)
      fc.pre(tokens.length > 0)
      const own = right(vocabulary('characters', tokens))
      expect(right(encode(own)(texts)).map(decode(own))).toStrictEqual(texts)
    },
  )

  test.prop({ words: fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1 }) })(
    'come back word by word, with one space between',
    ({ words }) => {
      const own = right(vocabulary('words', frequentTokens('words', words)))
      const back = right(encode(own)([words.join(' \n ')])).map(decode(own))
      expect(back).toStrictEqual([words.join(' ')])
    },
  )

  test('are cut into code points, not halves of them', () => {
    expect(tokensOf('characters', 'a😀')).toStrictEqual(['a', '😀'])
  })

  test('with a token outside the vocabulary are refused, by row and place', () => {
    expect(encode(letters())(['abc', 'ad'])).toStrictEqual(
      E.left({
        kind: 'token',
        row: 1,
        problem: 'texts[1][1]: expected one of 3 tokens, got "d"',
      }),
    )
  })

  test('are made of tokens alone: EOS is none, nor is half a number', () => {
    expect(() => decode(letters())([0, 3])).toThrow(
      'sequence[1]: expected a whole number from 0 to 2, got 3',
    )
    expect(() => expectSequence('response', letters(), [0.5])).toThrow(
      'response[0]: expected a whole number from 0 to 2, got 0.5',
    )
    expect(expectSequence('response', letters(), [2, 0])).toStrictEqual([2, 0])
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import { corpus, holdOut } from '../../src/rlhf/corpus.ts'
import { firstNames } from '../../src/rlhf/corpora/names.ts'
import { ngram } from '../../src/rlhf/ngram.ts'
import { scaleOf, scoreAll, standardised, typicalOf } from '../../src/rlhf/score.ts'
import { crossEntropy } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const ab = right(vocabulary('characters', ['a', 'b']))
const sequence = fc.array(fc.nat(1), { maxLength: 5 })

describe('an n-gram model', () => {
  test.prop({ sequences: fc.array(sequence, { minLength: 1 }), history: sequence })(
    'gives probabilities that sum to 1 after any history',
    ({ sequences, history }) => {
      const model = ngram(ab, sequences)
      const after = (next: readonly number[]): number =>
        Math.exp(model([...history, ...next])[history.length]!)
      expectClose(after([]) + after([0]) + after([1]), 1, 1e-12, 0)
    },
  )

  test('interpolates frequencies by its weights', () => {
    // After BOS: a, a, b. Tokens: a, a, EOS, a, EOS, b, EOS.
    const model = ngram(ab, [[0, 0], [0], [1]], [0.1, 0.3, 0.6])
    const [first] = model([0])
    expectClose(Math.exp(first!), 0.1 / 3 + 0.3 * (3 / 7) + 0.6 * (2 / 3), 1e-12, 0)
  })

  test('that sees two characters has 2.22 nats per character on names it has not seen, three 2.05', async () => {
    const { vocabulary: own, sequences } = right(corpus(right(await firstNames()).all))
    const { train, heldOut } = holdOut(key(1), 800)(sequences)
    const of = (weights: readonly number[]) =>
      crossEntropy(heldOut.map(ngram(own, train, weights))).nats
    expect(of([0.01, 0.09, 0.3, 0.6])).toBeCloseTo(2.22, 1)
    expect(of([0.01, 0.04, 0.15, 0.3, 0.5])).toBeCloseTo(2.05, 1)
  })

  test('needs weights above 0', () => {
    expect(() => ngram(ab, [], [1])).toThrow('weights: expected at least two, got 1')
    expect(() => ngram(ab, [], [1, 0])).toThrow('weights[1]: expected a number > 0, got 0')
  })
})

describe('scores', () => {
  test('of all responses are those of each', () => {
    expect(scoreAll(ab, (tokens) => tokens.length, [[0], [], [1, 0]])).toStrictEqual(
      E.right([1, 0, 2]),
    )
  })

  test.each([
    [() => NaN, 'got NaN'],
    [() => 'high' as unknown as number, 'got "high"'],
    [() => Promise.resolve(1) as unknown as number, 'got a promise'],
    [
      () => {
        throw new Error('no model')
      },
      'got an error: no model',
    ],
  ])('that are no numbers are typed errors that name the response', (wrong, got) => {
    const score = (tokens: readonly number[]) => (tokens.length > 1 ? wrong() : 0)
    expect(scoreAll(ab, score, [[0], [1, 0]])).toStrictEqual(
      E.left({
        kind: 'score',
        row: 1,
        problem: `score[1]: expected a finite number for "ba", ${got}`,
      }),
    )
  })

  test.prop({ x: fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2 }) })(
    'that are standardised have mean 0 and standard deviation 1',
    ({ x }) => {
      expectClose(Object.values(scaleOf(x.map(standardised(scaleOf(x))))), [0, 1], 1e-9, 1e-9)
    },
  )

  test('need two that differ to be standardised by', () => {
    expect(() => scaleOf([1])).toThrow('scores: expected at least two, got 1')
    expect(() => scaleOf([1, 1])).toThrow('scores: expected finite numbers that differ')
    const tenths = Array.from({ length: 2000 }, () => 0.1)
    expect(() => scaleOf(tenths)).toThrow('got 0.1 for all')
  })

  test('of what is typical fall with each token away from a length', () => {
    const score = typicalOf(() => [-1, -3], { length: 2, perToken: 0.5 })
    expect([[0], [0, 0], [0, 0, 0, 0]].map(score)).toStrictEqual([-2.5, -2, -3])
  })
})

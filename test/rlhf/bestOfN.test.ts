import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { bestOfN, bestOfNCurve } from '../../src/rlhf/bestOfN.ts'
import { distinct } from '../../src/rlhf/distinct.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))

/** Every choice of n of the numbers 0 … all − 1. */
const choices = (all: number, n: number, from = 0): ReadonlyArray<readonly number[]> =>
  n === 0
    ? [[]]
    : Array.from({ length: all - from }, (_, i) => from + i).flatMap((first) =>
        choices(all, n - 1, first + 1).map((rest) => [first, ...rest]),
      )

const scored = fc.array(fc.record({ proxy: fc.nat(4), gold: fc.integer({ min: -9, max: 9 }) }), {
  minLength: 1,
  maxLength: 7,
})

describe('best of n', () => {
  test.prop({ scored })(
    'is estimated as the mean over all choices of n, where equal proxies are equally likely',
    ({ scored }) => {
      const proxy = scored.map((each) => each.proxy)
      const gold = scored.map((each) => each.gold)
      const ns = scored.map((_, i) => i + 1)
      for (const point of bestOfNCurve(proxy, gold, ns)) {
        const all = choices(scored.length, point.n)
        const best = all.map((choice) => Math.max(...choice.map((i) => proxy[i]!)))
        // A tie in a choice takes each of those that are best equally often.
        const golds = all.map((choice, c) => {
          const tied = choice.filter((i) => proxy[i] === best[c])
          return tied.reduce((sum, i) => sum + gold[i]!, 0) / tied.length
        })
        const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
        expectClose(point.proxy, mean(best), 1e-12, 1e-12)
        expectClose(point.gold, mean(golds), 1e-12, 1e-12)
        expectClose(point.kl, Math.log(point.n) - (point.n - 1) / point.n, 1e-12, 1e-15)
      }
    },
  )

  test('takes the best of each n, the first of several', () => {
    const responses = [[0], [1, 1], [2], [0, 0], [1]]
    const picked = bestOfN(2, abc, (tokens) => tokens.length, responses)
    expect(picked).toStrictEqual(
      E.right([
        { response: [1, 1], score: 2 },
        { response: [0, 0], score: 2 },
      ]),
    )
    expect(right(bestOfN(2, abc, () => 1, responses))[0]!.response).toStrictEqual([0])
  })

  test('names the row of a score that is not a number', () => {
    expect(bestOfN(1, abc, ([token]) => (token === 1 ? NaN : 0), [[0], [1]])).toMatchObject(
      E.left({ row: 1, problem: 'score[1]: expected a finite number for "b", got NaN' }),
    )
  })

  test.each([
    [() => bestOfNCurve([1], [1, 2], [1]), 'gold: expected 1 scores, got 2'],
    [() => bestOfNCurve([1, 2], [1, NaN], [1]), 'gold[response=1]: expected a finite number'],
    [() => bestOfNCurve([1, 2], [1, 2], [3]), 'n: expected a whole number from 1 to 2, got 3'],
    [() => bestOfN(0, abc, () => 1, [[0]]), 'n: expected a whole number from 1 to 1, got 0'],
  ])('refuses %s', (make, problem) => {
    expect(make).toThrow(problem)
  })
})

describe('distinct-n', () => {
  test('is the share of different n-grams, which do not go from one response to the next', () => {
    const responses = [[0, 1, 0, 1], [0, 1], [2], []]
    expect(distinct(1, responses)).toBe(3 / 7)
    expect(distinct(2, responses)).toBe(2 / 4)
    expect(distinct(5, responses)).toBeNaN()
  })

  test.prop({
    responses: fc.array(fc.array(fc.nat(12), { maxLength: 5 })),
    n: fc.integer({ min: 1, max: 3 }),
  })('is at most 1, and half of it when everything comes twice', ({ responses, n }) => {
    fc.pre(responses.some(({ length }) => length >= n))
    const share = distinct(n, responses)
    expect(share).toBeLessThanOrEqual(1)
    expectClose(distinct(n, [...responses, ...responses]), share / 2, 1e-12, 0)
  })

  test('refuses n = 0', () => {
    expect(() => distinct(0, [])).toThrow('n: expected a whole number >= 1, got 0')
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import { groupsOf, isSame, pairsOf, rankByScore } from '../../src/rlhf/comparison.ts'
import {
  decodeComparisons,
  decodeLabels,
  encodeComparisons,
  encodeLabel,
} from '../../src/rlhf/comparisonFile.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const response = fc.array(fc.nat(2), { minLength: 1, maxLength: 4 })
const ranked = fc.uniqueArray(response, { minLength: 2, maxLength: 4, comparator: isSame })

describe('groups', () => {
  test.prop({
    responses: fc.array(fc.array(fc.nat(2), { maxLength: 2 })),
    size: fc.integer({ min: 2, max: 4 }),
  })(
    'have K different responses each, none empty, each response at most as often as it came',
    ({ responses, size }) => {
      const groups = groupsOf(size, responses)
      const count = (all: ReadonlyArray<readonly number[]>, x: readonly number[]) =>
        all.filter((other) => isSame(other, x)).length
      for (const group of groups) {
        expect(group).toHaveLength(size)
        for (const member of group) {
          expect(member.length).toBeGreaterThan(0)
          expect(count(group, member)).toBe(1)
          expect(count(groups.flat(), member)).toBeLessThanOrEqual(count(responses, member))
        }
      }
    },
  )

  test('leave nothing out that can be compared', () => {
    expect(groupsOf(2, [[0], [0], [1], [2], []])).toStrictEqual([
      [[0], [1]],
      [[0], [2]],
    ])
    expect(() => groupsOf(1, [])).toThrow('size: expected a whole number >= 2, got 1')
  })
})

describe('ranking by a score', () => {
  const length = (tokens: readonly number[]) => tokens.length

  test.prop({ group: ranked, seed: fc.nat() })(
    'without noise is by the score',
    ({ group, seed }) => {
      const [only] = rankByScore(length, 0, key(seed), [group])
      const lengths = only!.ranked.map(length)
      expect(lengths).toStrictEqual(lengths.toSorted((a, b) => b - a))
      expect(new Set(only!.ranked)).toStrictEqual(new Set(group))
      expect(only!.ranked).toHaveLength(group.length)
    },
  )

  test.each([
    [0.5, 1],
    [1, 1],
    [1, 2],
  ])('prefers a better one by %s with noise %s as Bradley and Terry do', (gap, noise) => {
    const n = 4000
    const groups = Array.from({ length: n }, () => [[0], [1]])
    const labels = rankByScore(([token]) => (token === 0 ? gap : 0), noise, key(3), groups)
    const share = labels.filter(({ ranked: [best] }) => best![0] === 0).length / n
    const p = 1 / (1 + Math.exp(-gap / noise))
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n))
  })

  test('ranks three as Plackett and Luce do, and gives all pairs of them', () => {
    const n = 4000
    const groups = Array.from({ length: n }, () => [[0], [1], [2]])
    const labels = rankByScore(([token]) => token!, 1, key(4), groups)
    const w = [1, Math.E, Math.E ** 2]
    const p = (w[2]! / (w[0]! + w[1]! + w[2]!)) * (w[1]! / (w[0]! + w[1]!))
    const share = labels.filter(({ ranked }) => ranked.join() === '2,1,0').length / n
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n))
    expect(pairsOf({ ranked: [[2], [1], [0]] })).toStrictEqual([
      [[2], [1]],
      [[2], [0]],
      [[1], [0]],
    ])
  })

  test('refuses a score that is not a number, and names the response', () => {
    expect(() => rankByScore(() => NaN, 1, key(1), [[[0], [1]]])).toThrow(
      'score[group=0, response=0]: expected a finite number, got NaN',
    )
  })
})

describe('lines of comparisons', () => {
  test.prop({ all: fc.array(ranked) })('come back as they were', ({ all }) => {
    const comparisons = all.map((one) => ({ ranked: one }))
    const text = encodeComparisons(abc)(comparisons)
    expect(decodeComparisons(abc)(text.split('\n'))).toStrictEqual(E.right(comparisons))
  })

  test('may be pairs as other tools write them, with blank lines between', () => {
    const lines = ['{"prompt":"","chosen":"ab","rejected":"c"}', '', '{"ranked":["a","b"]}']
    expect(right(decodeComparisons(abc)(lines))).toStrictEqual([
      { ranked: [[0, 1], [2]] },
      { ranked: [[0], [1]] },
    ])
  })

  test('do not have ties, nor labels that were taken back', () => {
    const lines = [
      '{"ranked":["a","b"]}',
      '{"tied":["b","c"]}',
      '{"ranked":["a","c"]}',
      '{"undone":["b","a"]}',
      '{"ranked":["b","a"]}',
    ]
    expect(right(decodeComparisons(abc)(lines))).toStrictEqual([
      { ranked: [[0], [2]] },
      { ranked: [[1], [0]] },
    ])
    const labels = right(decodeLabels(abc)(lines))
    expect(labels.map(({ kind }) => kind)).toStrictEqual(['tied', 'ranked', 'ranked'])
    expect(right(decodeLabels(abc)(labels.map(encodeLabel(abc))))).toStrictEqual(labels)
  })

  test.each([
    ['{"undone":["a","b"]}', 'other', 'line 2: expected a label of these responses to take back'],
    ['{"tied":["a","b"],"ranked":["a","b"]}', 'json', 'line 2: expected {"ranked"'],
    ['{"ranked":["a","b"]', 'json', 'line 2: expected JSON, got something else'],
    [
      '{"ranked":["a"],"ranked":["b"]}',
      'json',
      'line 2: expected different keys, got "ranked" twice',
    ],
    ['["a","b"]', 'json', 'line 2: expected {"ranked":["…","…"]} or'],
    ['{"ranked":["a",1]}', 'json', 'line 2: expected {"ranked"'],
    ['{"ranked":["a"]}', 'few', 'line 2: expected at least two responses, got 1'],
    ['{"ranked":["a",""]}', 'empty', 'line 2: expected a response with tokens, got "" as number 2'],
    ['{"ranked":["a","b","a"]}', 'equal', 'line 2: expected different responses, got "a" twice'],
    ['{"ranked":["a","d"]}', 'token', 'line 2: responses[1][0]: expected one of 3 tokens, got "d"'],
    ['{"ranked":["a","cc"]}', 'other', 'line 2: expected responses of the samples, got "cc"'],
  ])('that are wrong are named: %s', (line, kind, problem) => {
    const among = [[0], [1], [2]]
    const read = decodeComparisons(abc, among)(['{"ranked":["c","a"]}', line])
    expect(read).toMatchObject(
      E.left({ kind, row: 1, problem: expect.stringContaining(problem) as string }),
    )
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { ask, preferencesOf, synthetic, type Answer } from '../../src/preferences/labeller.ts'
import type { RewardedClip } from '../../src/preferences/clip.ts'
import { key } from '../../src/random/key.ts'
import { clipOf, rewarded } from '../support/clips.ts'

const paying = (reward: number): RewardedClip => rewarded(clipOf([[reward, 0, 0]], true), [reward])
const pairOf = (first: number, second: number) => ({ first: paying(first), second: paying(second) })
const many = (first: number, second: number) =>
  Array.from({ length: 1000 }, () => pairOf(first, second))
const shareOfFirst = (answers: readonly Answer[]) =>
  answers.filter((answer) => answer === 'first').length / answers.length

describe('a synthetic labeller', () => {
  test('chooses the clip that the environment paid more for', () => {
    const { label } = synthetic()
    expect(label([pairOf(1, 2), pairOf(3, -1)], key(1))).toStrictEqual(['second', 'first'])
  })

  test('tosses a coin between equals, and turns around the share of answers that it is asked to', () => {
    expect(shareOfFirst(synthetic().label(many(1, 1), key(1)))).toBeCloseTo(0.5, 1)
    expect(shareOfFirst(synthetic({ wrong: 0.1 }).label(many(2, 1), key(2)))).toBeCloseTo(0.9, 1)
    expect(shareOfFirst(synthetic({ wrong: 1 }).label(many(2, 1), key(2)))).toBe(0)
  })

  test.prop(
    { margin: fc.integer({ min: -3, max: 3 }), noise: fc.constantFrom(0.5, 1, 2) },
    { numRuns: 10 },
  )('follows Bradley and Terry: P(first) = 1 / (1 + exp((s₂ − s₁)/σ))', ({ margin, noise }) => {
    const share = shareOfFirst(synthetic({ noise }).label(many(margin, 0), key(3)))
    // Four standard deviations of a share of 1,000.
    expect(Math.abs(share - 1 / (1 + Math.exp(-margin / noise)))).toBeLessThan(0.064)
  })

  test('scores by what it is given, and names a score that is not a number', () => {
    const worst = synthetic({ score: ({ reward }) => -reward[0]! })
    expect(worst.label([pairOf(1, 2)], key(1))).toStrictEqual(['first'])
    const broken = synthetic({ score: ({ reward }) => (reward[0] === 0 ? NaN : 1) })
    expect(() => broken.label([pairOf(1, 2), pairOf(1, 0)], key(1))).toThrow(
      'pairs[1].second: score: expected a number, got NaN',
    )
  })

  test('refuses shares and noise out of range', () => {
    expect(() => synthetic({ wrong: 1.5 })).toThrow('wrong: expected a share of at most 1, got 1.5')
    expect(() => synthetic({ noise: -1 })).toThrow('noise')
  })
})

describe('asking', () => {
  test('shows no rewards to anybody but a synthetic labeller, and keeps none', () => {
    const seen: string[] = []
    const blind = ask(
      {
        reads: 'clip',
        label: (pairs) =>
          pairs.map(({ first, second }) => {
            seen.push(...Object.keys(first), ...Object.keys(second))
            return 'second'
          }),
      },
      [pairOf(1, 2)],
      key(1),
    )
    expect(seen).not.toContain('reward')
    for (const preferences of [blind, ask(synthetic(), [pairOf(1, 2)], key(1))])
      for (const { chosen, rejected } of preferences) {
        expect(Object.keys(chosen)).toStrictEqual(['observation', 'action', 'terminated'])
        expect(Object.keys(rejected)).toStrictEqual(['observation', 'action', 'terminated'])
      }
  })

  test('leaves out ties, and needs an answer to each pair', () => {
    const pairs = [pairOf(1, 2), pairOf(3, 4)]
    const [only, ...others] = preferencesOf(pairs, [null, 'first'])
    expect(others).toHaveLength(0)
    expect(only!.chosen.observation).toBe(pairs[1]!.first.observation)
    expect(() => preferencesOf(pairs, ['first'])).toThrow(
      'answers: expected 2, one per pair, got 1',
    )
    const later = Promise.resolve(['first', 'second']) as unknown as readonly Answer[]
    expect(() => preferencesOf(pairs, later)).toThrow(
      'answers: expected a list of 2, one per pair, got a promise',
    )
  })
})

import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { presets } from '../../../src/builtin/presets.ts'
import { importances } from '../../../src/sweep/search/importance.ts'
import { rankedOf, ranking, type Ranked } from '../../../src/sweep/search/rank.ts'
import type { Dimension } from '../../../src/sweep/search/space.ts'

const space: readonly Dimension[] = [
  { kind: 'choice', path: 'envs', values: [1, 2] },
  { kind: 'logUniform', path: 'gamma', low: 0.01, high: 1 },
]

const ranked = (index: number, envs: number, gamma: number, score: number): Ranked => ({
  trial: { index, settings: { ...presets.cleanrl, envs, gamma } },
  score,
  training: 0,
})

/** 24 trials, whose gammas rise; envs alternate. */
const trials = (score: (envs: number, i: number) => number): readonly Ranked[] =>
  Array.from({ length: 24 }, (_, i) => {
    const envs = 1 + (i % 2)
    return ranked(i, envs, (i + 1) / 24, score(envs, i))
  })

describe('how much a setting explains', () => {
  test('is much where it alone decides, and nothing where it does not matter', () => {
    const [first, second] = importances(
      trials((envs, i) => 1000 * envs + ((7 * i) % 24)),
      space,
    )
    expect(first!.path).toBe('envs')
    expect(first!.share).toBeGreaterThan(0.7)
    expect(first!.groups.map(({ values }) => values)).toEqual(['2', '1'])
    expect(second!.share).toBeLessThan(0.1)
  })

  test('finds the better end of a range', () => {
    const [first] = importances(
      trials((_, i) => -i),
      space,
    )
    expect(first!.path).toBe('gamma')
    expect(first!.share).toBeGreaterThan(0.9)
    expect(first!.groups[0]).toMatchObject({ trials: 6 })
    expect(first!.groups[0]!.values).toMatch(/^0\.0416\d* … 0\.25$/)
  })

  test.prop([fc.array(fc.constantFrom(-Infinity, -1, 0, 3), { minLength: 1, maxLength: 30 })])(
    'is from 0 to 1, with failed trials and ties',
    (scores) => {
      const all = scores.map((score, i) => ranked(i, 1 + (i % 2), (i + 1) / 31, score))
      for (const { share, groups } of importances(all, space)) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1 + 1e-12)
        expect(groups.reduce((sum, { trials }) => sum + trials, 0)).toBe(all.length)
      }
    },
  )

  test('depends only on the order of scores', () => {
    const noisy = (i: number): number => (11 * i) % 24
    const plain = importances(
      trials((envs, i) => noisy(i) + 8 * envs),
      space,
    )
    const cubed = importances(
      trials((envs, i) => (noisy(i) + 8 * envs) * (noisy(i) + 8 * envs) * (noisy(i) + 8 * envs)),
      space,
    )
    expect(cubed).toEqual(plain)
  })
})

describe('the ranking of trials', () => {
  const all = [
    ranked(0, 1, 1, 2),
    ranked(1, 1, 1, 5),
    ranked(2, 1, 1, 5),
    ranked(3, 1, 1, -Infinity),
  ]
  const indices = (some: readonly Ranked[]) => ranking(some).map(({ trial }) => trial.index)

  test('has the best first, and of equal ones the first that was drawn', () => {
    expect(indices(all)).toEqual([1, 2, 0, 3])
    expect(indices(all.toReversed())).toEqual([1, 2, 0, 3])
  })

  test('breaks ties by the return at the end of training', () => {
    expect(indices([all[1]!, { ...all[2]!, training: 1 }])).toEqual([2, 1])
  })

  test('puts a trial that failed on one seed last', () => {
    const outcome = {
      steps: 1,
      score: 500,
      std: 0,
      min: 500,
      max: 500,
      training: null,
      curve: [],
      hash: '',
    }
    const failed = rankedOf(all[0]!.trial, [E.right(outcome), E.left('NaN')])
    expect(failed).toMatchObject({ score: -Infinity, training: -Infinity })
  })
})

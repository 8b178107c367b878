import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { random, rl, tensor } from '../../src/index.ts'

const scores = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 })
const tasks = fc.array(fc.record({ x: scores, y: scores }), { minLength: 1, maxLength: 4 })

describe('the probability of improvement', () => {
  test.prop([tasks])(
    'is the share of pairs that X wins, ties by half, averaged over tasks',
    (all) => {
      const share = all.map(({ x, y }) => {
        const wins = x.flatMap((a) => y.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)))
        return rl.mean(wins)
      })
      expect(rl.probabilityOfImprovement(all)).toBeCloseTo(rl.mean(share), 12)
    },
  )

  test.prop([tasks])('and that of Y over X add up to 1', (all) => {
    const turned = all.map(({ x, y }) => ({ x: y, y: x }))
    expect(rl.probabilityOfImprovement(all) + rl.probabilityOfImprovement(turned)).toBeCloseTo(
      1,
      12,
    )
  })

  test.prop([tasks])('depends on the order of scores alone', (all) => {
    const cubed = all.map(({ x, y }) => ({
      x: x.map((a) => a * a * a),
      y: y.map((a) => a * a * a),
    }))
    expect(rl.probabilityOfImprovement(cubed)).toBe(rl.probabilityOfImprovement(all))
  })

  test('ranks a run without a score below any other', () => {
    expect(rl.probabilityOfImprovement([{ x: [-Infinity, 1], y: [-5] }])).toBe(0.5)
  })

  test.each<[string, () => unknown, string]>([
    ['no task', () => rl.probabilityOfImprovement([]), 'tasks: expected one or more, got none'],
    [
      'a task without runs',
      () => rl.probabilityOfImprovement([{ x: [1], y: [] }]),
      'tasks[0]: expected one or more scores of both, got 1 and 0',
    ],
    [
      'no resamples',
      () => rl.improvementInterval(random.key(0), 0)([{ x: [1], y: [1] }]),
      'resamples: expected a whole number >= 1, got 0',
    ],
  ])('rejects %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('its interval', () => {
  const interval = rl.improvementInterval(random.key(0), 400)

  test.prop([tasks], { numRuns: 20 })('lies in [0, 1], low end first', (all) => {
    const [low, high] = interval(all)
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeLessThanOrEqual(1)
    expect(low).toBeLessThanOrEqual(high)
  })

  test('is a point where every run of X beats every run of Y', () => {
    expect(interval([{ x: [3, 4, 5], y: [0, 1] }])).toEqual([1, 1])
  })

  test('covers a known probability about as often as it says', () => {
    // X and Y are uniform, X shifted by 1/4: P(X > Y) = 1 − (3/4)² / 2.
    const truth = 1 - (0.75 * 0.75) / 2
    const draw = (seed: number, by: number): number[] =>
      tensor.toArray(random.uniform(random.key(seed), ['run'], [40])).map((u) => u + by)
    const covered = Array.from({ length: 100 }, (_, i) => {
      const [low, high] = interval([{ x: draw(2 * i, 0.25), y: draw(2 * i + 1, 0) }])
      return low <= truth && truth <= high
    })
    expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(88)
  })
})

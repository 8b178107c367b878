import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { gae, type Steps } from '../../src/rl/index.ts'
import { size, toArray } from '../../src/tensor/index.ts'
import { trajectories } from '../../src/testing/index.ts'

const lists = (steps: Steps) => ({
  reward: toArray(steps.reward),
  value: toArray(steps.value),
  nextValue: toArray(steps.nextValue),
  terminated: toArray(steps.terminated),
  truncated: toArray(steps.truncated),
})

/** The simplest steps for which a law does not hold. */
const simplest = (law: (steps: Steps) => boolean): Steps => {
  const { counterexample } = fc.check(fc.property(trajectories(), law), { seed: 1, numRuns: 1000 })
  return counterexample![0]
}

test.prop([trajectories()])('are [time, env], all of one shape', (steps) => {
  const { reward, value, nextValue, terminated, truncated } = steps
  for (const t of [reward, value, nextValue, terminated, truncated]) {
    expect(t.dims).toEqual(['time', 'env'])
    expect(t.shape).toEqual(reward.shape)
  }
  expect([reward, value, nextValue].map(({ dtype }) => dtype)).toEqual(['f64', 'f64', 'f64'])
  expect([terminated, truncated].map(({ dtype }) => dtype)).toEqual(['u8', 'u8'])
})

test.prop([trajectories()])(
  'know V(s′): the next row where the episode goes on, NaN where nobody may read it',
  (steps) => {
    const { value, nextValue, terminated, truncated } = lists(steps)
    const envs = steps.reward.shape[1]
    nextValue.forEach((v, i) => {
      if (terminated[i] === 1) expect(v).toBeNaN()
      else if (truncated[i] === 0 && i + envs < value.length) expect(v).toBe(value[i + envs])
      else expect(Number.isFinite(v)).toBe(true)
    })
  },
)

test.prop([trajectories()])('are read by estimators without a NaN', (steps) => {
  expect(toArray(gae({ gamma: 0.9, lambda: 0.8 })(steps)).every(Number.isFinite)).toBe(true)
})

test.prop([trajectories({ time: 5, envs: { min: 2, max: 4 }, number: fc.constant(1) })])(
  'have the sizes and the numbers that were asked for',
  (steps) => {
    expect(steps.reward.shape[0]).toBe(5)
    expect([2, 3, 4]).toContain(steps.reward.shape[1])
    expect(toArray(steps.reward).every((r) => r === 1)).toBe(true)
  },
)

test('reach every size, and end in every way', () => {
  const drawn = fc.sample(trajectories(), { seed: 1, numRuns: 500 })
  const sizes = (d: 0 | 1) => new Set(drawn.map(({ reward }) => reward.shape[d])).size
  expect([sizes(0), sizes(1)]).toEqual([8, 3])
  const ends = drawn.flatMap((steps) => {
    const { terminated, truncated } = lists(steps)
    return terminated.map((over, i) => 2 * over + truncated[i]!)
  })
  // Three standard deviations of the share of about 3,500 steps are 0.025.
  for (const [end, share] of [0.4, 0.2, 0.2, 0.2].entries())
    expect(ends.filter((e) => e === end).length / ends.length).toBeCloseTo(share, 1)
})

describe('shrink to', () => {
  test('one step, zeros and no end where nothing holds', () => {
    expect(lists(simplest(() => false))).toEqual({
      reward: [0],
      value: [0],
      nextValue: [0],
      terminated: [0],
      truncated: [0],
    })
  })

  test('one step that terminates, and at most one more, where that is at fault', () => {
    const steps = simplest(({ terminated }) => !toArray(terminated).includes(1))
    expect(size(steps.reward)).toBeLessThanOrEqual(2)
    expect(toArray(steps.terminated).reduce((sum, x) => sum + x)).toBe(1)
    expect(new Set(toArray(steps.reward))).toEqual(new Set([0]))
  })

  test('two steps if the continuation is at fault', () => {
    const steps = simplest(({ reward, truncated, terminated }) => {
      const [time, envs] = reward.shape
      const goesOn = (i: number) => toArray(truncated)[i] === 0 && toArray(terminated)[i] === 0
      return time === 1 || !Array.from({ length: envs }, (_, e) => e).some(goesOn)
    })
    expect(steps.reward.shape).toEqual([2, 1])
  })
})

test.each<[unknown, string]>([
  [0, '0'],
  [1.5, '1.5'],
  ['3', '"3"'],
  [null, 'null'],
  [{ min: 2 }, '{"min":2}'],
  [{ min: 2, max: 1 }, '{"min":2,"max":1}'],
  [{ min: 0, max: 3 }, '{"min":0,"max":3}'],
])('time %o is refused', (given, got) => {
  const time = given as number
  expect(() => trajectories({ time })).toThrow(
    `time: expected a whole number >= 1 or { min, max } with 1 <= min <= max, got ${got}`,
  )
  expect(() => trajectories({ envs: time })).toThrow(/^envs: expected/)
})

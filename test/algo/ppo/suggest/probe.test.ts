import { describe, expect, test } from 'vitest'
import { probe, PROBE_STEPS } from '../../../../src/algo/ppo/suggest/probe.ts'
import { box, cartPole, discrete, frozenLake, type Environment } from '../../../../src/env/index.ts'
import { key } from '../../../../src/random/index.ts'

/** Pays 2 a step and shows its age; every fourth step ends an episode by `end`. */
const clock = (end: 'terminated' | 'truncated' | 'never'): Environment<number> => ({
  name: 'clock',
  observationSpace: box(1, 0, Infinity),
  actionSpace: discrete(2),
  init: () => 0,
  step: () => (age) => [
    {
      reward: 2,
      terminated: end === 'terminated' && age % 4 === 3,
      truncated: end === 'truncated' && age % 4 === 3,
    },
    age + 1,
  ],
  observe: (age) => [age],
})

describe('a probe', () => {
  test.each([
    ['terminated', 0],
    ['truncated', 500],
  ] as const)('counts episodes that are %s, and their lengths', (end, truncated) => {
    const found = probe(clock(end), key(1))
    expect(found).toMatchObject({ steps: 2000, episodes: 500, truncated, length: 4 })
    expect(found).toMatchObject({ lowest: 2, highest: 2, isBinary: false })
  })

  test('sums discounted rewards from 0 in each episode', () => {
    const returns = [2, 2 + 0.99 * 2]
    returns.push(2 + 0.99 * returns[1]!)
    returns.push(2 + 0.99 * returns[2]!)
    const mean = returns.reduce((sum, x) => sum + x * x, 0) / 4
    expect(probe(clock('terminated'), key(1)).discounted).toBeCloseTo(Math.sqrt(mean), 9)
  })

  test('measures each feature', () => {
    // 0 1 2 3 4 in each of 500 episodes, and the 0 that begins another.
    const { features } = probe(clock('truncated'), key(1))
    expect(features[0]!.largest).toBe(4)
    expect(features[0]!.mean).toBeCloseTo(5000 / 2501, 9)
    expect(features[0]!.std).toBeCloseTo(Math.sqrt(15_000 / 2501 - (5000 / 2501) ** 2), 9)
    expect(probe(frozenLake, key(1)).isBinary).toBe(true)
  })

  test('ends after 2,000 steps of an environment that never ends, and releases its state', () => {
    let steps = 0
    const released: number[] = []
    const endless = clock('never')
    const counted: Environment<number> = {
      ...endless,
      step: (action, stepKey) => {
        steps++
        return endless.step(action, stepKey)
      },
      release: (age) => released.push(age),
    }
    expect(probe(counted, key(1))).toMatchObject({ episodes: 0, length: PROBE_STEPS })
    expect(steps).toBe(PROBE_STEPS)
    expect(released).toEqual([PROBE_STEPS])
  })

  test('depends on its key only', () => {
    expect(probe(cartPole, key(3))).toEqual(probe(cartPole, key(3)))
    expect(probe(cartPole, key(3))).not.toEqual(probe(cartPole, key(4)))
  })

  test('makes only choices that are open', () => {
    const masked: Environment<number> = {
      ...clock('terminated'),
      actionMask: (age) => [age % 2 === 0, age % 2 === 1],
      step: (action, stepKey) => (age) => {
        if (action !== age % 2) throw new Error('a closed choice')
        return clock('terminated').step(action, stepKey)(age)
      },
    }
    expect(probe(masked, key(1)).episodes).toBe(500)
  })

  test('names the step at which the environment throws', () => {
    const broken: Environment<number> = {
      ...clock('never'),
      step: (action, stepKey) => (age) => {
        if (age === 7) throw new Error('no more')
        return clock('never').step(action, stepKey)(age)
      },
    }
    expect(() => probe(broken, key(1))).toThrow(/^clock: random step 7: step\[env=0\]: .*no more/)
  })
})

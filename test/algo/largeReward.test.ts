import { describe, expect, test } from 'vitest'
import * as a2c from '../../src/algo/a2c/index.ts'
import { explainLargeReward } from '../../src/algo/largeReward.ts'
import * as trpo from '../../src/algo/trpo/index.ts'
import * as vpg from '../../src/algo/vpg/index.ts'
import { box, discrete, type DiscreteEnvironment } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { errorAt } from '../../src/tensor/check.ts'
import { of } from '../../src/tensor/index.ts'

/** Pays 1 a step and 1e25 in the third of an episode. */
const rich: DiscreteEnvironment<number> = {
  name: 'rich',
  observationSpace: box(1, 0, Infinity),
  actionSpace: discrete(2),
  init: () => 0,
  step: () => (age) => [
    { reward: age === 2 ? 1e25 : 1, terminated: false, truncated: false },
    age + 1,
  ],
  observe: (age) => [age],
}

const size = { envs: 2, steps: 8, totalSteps: 16, hidden: [4] }
const message =
  /^update 1: reward\[step=2, env=0\]: expected less than 1000000000000000 in size, got 9.99\d+e\+24, which is too large to learn from/

describe('a reward too large to learn from', () => {
  test('is named by every algorithm', () => {
    const a = { ...a2c.presets.sb3, ...size }
    const v = { ...vpg.presets.spinningup, ...size }
    const t = { ...trpo.presets.spinningup, ...size }
    const [ofA2c, ofVpg, ofTrpo] = [a2c.parts(a, rich), vpg.parts(v, rich), trpo.parts(t, rich)]
    expect(() => a2c.iterate(a, ofA2c)(a2c.init(ofA2c)(key(1)))).toThrow(message)
    expect(() => vpg.iterate(v, ofVpg)(vpg.init(ofVpg)(key(1)))).toThrow(message)
    expect(() => trpo.iterate(t, ofTrpo)(trpo.init(ofTrpo)(key(1)))).toThrow(message)
  })

  test('is not blamed for what it did not do', () => {
    const small = of(['time', 'env'], [2, 1], Float32Array.of(1, -9e14))
    const large = of(['time', 'env'], [2, 1], Float32Array.of(1, -2e15))
    const error = errorAt({ field: 'gradient' }, 'gradient: expected a finite norm, got Infinity')
    expect(explainLargeReward(error, small)).toBe(error)
    expect(explainLargeReward(error, null)).toBe(error)
    const mistake = new RangeError('batch: expected another')
    expect(explainLargeReward(mistake, large)).toBe(mistake)
    expect(explainLargeReward(error, large)).toMatchObject({
      cause: error,
      address: { field: 'reward', step: 1, env: 0 },
    })
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { perLaunch } from '../../../../src/algo/ppo/gpu/perLaunch.ts'
import { sizesOf } from '../../../../src/algo/ppo/gpu/sizes.ts'
import { cartPole } from '../../../../src/env/index.ts'
import { small } from '../../../support/runs.ts'

const count = (max: number) => fc.integer({ min: 1, max })

describe('a launch', () => {
  test.prop([count(20), count(20), count(400)])(
    'takes a divisor of the minibatches of an update, at most 64',
    (epochs, minibatches, width) => {
      const config = { ...small, envs: minibatches, epochs, minibatches, hidden: [width] }
      const n = perLaunch(config, sizesOf(config, cartPole))
      expect((epochs * minibatches) % n).toBe(0)
      expect(n).toBeLessThanOrEqual(64)
      for (let more = n + 1; more <= 64; more++) expect((epochs * minibatches) % more).not.toBe(0)
    },
  )

  test('takes one of wide layers and many rows, which fill it', () => {
    const config = {
      ...small,
      envs: 64,
      steps: 64,
      epochs: 4,
      minibatches: 4,
      hidden: [1024, 1024],
    }
    expect(perLaunch(config, sizesOf(config, cartPole))).toBe(1)
    // 6 · 1024 rows · 2 nets of some (4 + 256 + 2) · 256 products: 0.8e9 of 4e9 a minibatch.
    const less = { ...config, hidden: [256, 256] }
    expect(perLaunch(less, sizesOf(less, cartPole))).toBe(4)
  })
})

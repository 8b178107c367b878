import { describe, expect, test } from 'vitest'
import { checked as a2cChecked, presets as a2c } from '../../src/algo/a2c/config.ts'
import { checked as trpoChecked, presets as trpo } from '../../src/algo/trpo/config.ts'
import { checked as vpgChecked, presets as vpg } from '../../src/algo/vpg/config.ts'

describe('every shard has a sample of each minibatch', () => {
  const size = { envs: 2, steps: 8 }
  test.each([
    ['a2c', 16, (shards: number) => a2cChecked({ ...a2c.cartpole, ...size, shards })],
    [
      'vpg',
      4,
      (shards: number) => vpgChecked({ ...vpg.cartpole, ...size, valueMinibatches: 4, shards }),
    ],
    [
      'trpo',
      4,
      (shards: number) => trpoChecked({ ...trpo.cartpole, ...size, valueMinibatches: 4, shards }),
    ],
  ] as const)('%s', (_, most, check) => {
    expect(check(most).shards).toBe(most)
    expect(() => check(most + 1)).toThrow(
      `shards: expected at most the ${most} samples of a minibatch, got ${most + 1}`,
    )
  })
})

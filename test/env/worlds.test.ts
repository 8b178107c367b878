import { describe, expect, test } from 'vitest'
import { init, iterate, parts, preset, type PresetName } from '../../src/algo/ppo/index.ts'
import { expectEnv } from '../../src/env/index.ts'
import { worldOf, worlds, type WorldName } from '../../src/env/worlds.ts'
import { key } from '../../src/random/index.ts'

describe.each(Object.keys(worlds) as WorldName[])('%s', (name) => {
  const world = worldOf(name)

  test('goes by the name that the command line has for it', () => {
    expect(world.name).toBe(name)
  })

  test('keeps the laws of an environment', () => {
    expectEnv(world, { episodes: 2, steps: 200 })
  })

  test('has a preset of its name, and is learned from by it', () => {
    const own = preset(name satisfies PresetName)
    const config = { ...own, envs: 2, steps: 8, totalSteps: 16, epochs: 1, minibatches: 2 }
    const all = parts(config, world)
    const [metrics] = iterate(config, all)(init(all)(key(1)))
    expect(metrics.gradNorm).toBeGreaterThan(0)
  })
})

import { describe, expect, test } from 'vitest'
import { init, iterate, parts, preset, type PresetName } from '../../src/ppo.ts'
import { expectEnv } from '../../src/env/index.ts'
import { builtInOf, builtIns, type BuiltInName } from '../../src/builtin/index.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { key } from '../../src/random/index.ts'

describe.each(Object.keys(builtIns) as BuiltInName[])('%s', (name) => {
  const { env: world, preset: own, framesPerSecond } = builtInOf(name)

  test('goes by the name that the command line has for it', () => {
    expect(world.name).toBe(name)
  })

  test('can be found by a worker thread by its name', () => {
    expect(environmentOf(name)).toBe(world)
  })

  test('keeps the laws of an environment', () => {
    expectEnv(world, { episodes: 2, steps: 200 })
  })

  test('has a preset of its name, and is learned from by it', () => {
    expect(preset(name satisfies PresetName)).toBe(own)
    const few = { envs: 2, steps: 8, totalSteps: 16, epochs: 1, minibatches: 2, hidden: [8] }
    const config = { ...own, ...few }
    const all = parts(config, world)
    const [metrics] = iterate(config, all)(init(all)(key(1)))
    expect(metrics.gradNorm).toBeGreaterThan(0)
  })

  test('is shown at a speed that people can follow', () => {
    expect(framesPerSecond).toBeGreaterThanOrEqual(1)
    expect(framesPerSecond).toBeLessThanOrEqual(60)
  })
})

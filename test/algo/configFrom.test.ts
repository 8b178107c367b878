import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { a2c, env, ppo, trpo, vpg } from '../../src/index.ts'
import { settings } from '../../src/algo/settings.ts'

describe('config', () => {
  test('is the preset, with the given fields in place of its own', () => {
    const { cleanrl } = ppo.presets
    expect(ppo.config({ preset: 'cleanrl' })).toEqual(cleanrl)
    expect(ppo.config({ preset: 'cleanrl', clip: 0.1, hidden: [8] })).toEqual({
      ...cleanrl,
      clip: 0.1,
      hidden: [8],
    })
    expect(ppo.config({ preset: 'cartpole', totalSteps: 2048 }).envs).toBe(32)
    expect(vpg.config({ preset: 'spinningup', steps: 100 }).steps).toBe(100)
    expect(a2c.config({ preset: 'sb3', envs: 8 })).toEqual({ ...a2c.presets.sb3, envs: 8 })
    expect(trpo.config({ preset: 'pendulum', maxKl: 0.1 }).maxKl).toBe(0.1)
  })

  test('takes fields of records one by one, and a config as a preset', () => {
    const half = ppo.config({ preset: 'sb3', adam: { epsilon: 1e-7 } })
    expect(half.adam).toEqual({ ...ppo.presets.sb3.adam, epsilon: 1e-7 })
    const whole = ppo.config({ preset: half, logStd: { min: -5 } })
    expect(whole).toEqual({ ...half, logStd: { ...half.logStd, min: -5 } })
  })

  test('keeps the order of the fields, which hashes of a config depend on', () => {
    const config = ppo.config({ preset: 'cleanrl', gamma: 0.9, envs: 8 })
    expect(Object.keys(config)).toEqual(Object.keys(ppo.presets.cleanrl))
  })

  test('does not change the preset, and treats undefined as a missing field', () => {
    const before = JSON.stringify(ppo.presets)
    expect(ppo.config({ preset: 'sb3', clip: undefined, adam: { beta1: 0 } }).clip).toBe(0.2)
    expect(JSON.stringify(ppo.presets)).toBe(before)
  })

  test('passes what parts take', () => {
    const config = ppo.config({ preset: 'cleanrl', envs: 1, steps: 8, hidden: [4] })
    expect(ppo.parts(config, env.cartPole).config).toBe(config)
  })

  test.each<[string, () => unknown, string]>([
    [
      'a misspelt field',
      // @ts-expect-error there is no such field
      () => ppo.config({ preset: 'cleanrl', learningRat: 1 }),
      'learningRat: expected the name of a field, got "learningRat": did you mean learningRate?',
    ],
    [
      'a misspelt field of a record',
      // @ts-expect-error there is no such field
      () => ppo.config({ preset: 'cleanrl', advantage: { normalize: 'batch' } }),
      'advantage.normalize: expected the name of a field, got "normalize": did you mean normalise?',
    ],
    [
      'a misspelt preset',
      // @ts-expect-error there is no such preset
      () => ppo.config({ preset: 'cleanRL' }),
      'got "cleanRL": did you mean cleanrl?',
    ],
    [
      'no preset',
      // @ts-expect-error a preset is missing
      () => a2c.config({ learningRate: 1 }),
      'preset: expected a config or one of sb3, cartpole, pendulum, got nothing',
    ],
    [
      'nothing',
      // @ts-expect-error a preset is missing
      () => vpg.config(),
      'config: expected { preset, …fields }, got nothing: name a preset, one of spinningup,',
    ],
    [
      'a number out of range',
      () => ppo.config({ preset: 'cleanrl', gamma: 2 }),
      'gamma: expected a number from 0 to 1, got 2',
    ],
    [
      'a value of another type',
      // @ts-expect-error a name is not a number
      () => trpo.config({ preset: 'cartpole', maxKl: 'small' }),
      'maxKl: expected a number > 0, got "small"',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(RangeError)
    expect(make).toThrow(message)
  })
})

describe('the text of a field on hover', () => {
  const sources = ['', 'ppo/', 'vpg/', 'a2c/', 'trpo/'].map((folder) =>
    readFileSync(`src/algo/${folder}${folder === '' ? 'configTypes' : 'config'}.ts`, 'utf8'),
  )
  const lines = [...sources, readFileSync('src/algo/actions.ts', 'utf8')].join('\n').split('\n')

  test('is there for every field of every config', () => {
    const documented = new Set<string>()
    const bare: string[] = []
    for (const [i, line] of lines.entries()) {
      const field = /^ {2}readonly (\w+)\??: [^(]*$/.exec(line)?.[1]
      if (field === undefined) continue
      if (lines[i - 1]!.endsWith('*/')) documented.add(field)
      else bare.push(line)
    }
    expect(bare).toEqual([])
    for (const presets of [ppo.presets, vpg.presets, a2c.presets, trpo.presets]) {
      const fields = Object.values<object>(presets).flatMap((preset) =>
        settings(preset).flatMap(([path]) => path.split('.')),
      )
      expect(new Set(fields).size).toBeGreaterThan(30)
      expect(fields.filter((field) => !documented.has(field))).toEqual([])
    }
  })
})

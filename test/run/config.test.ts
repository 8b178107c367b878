import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { presets } from '../../src/algo/ppo/presets.ts'
import type { PpoConfig } from '../../src/algo/ppo/index.ts'
import { decodeRunConfig, encodeJson, segmentsAfter } from '../../src/run/config.ts'
import type { RunConfig } from '../../src/run/config.ts'

const config: RunConfig<'ppo'> = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings: presets.cleanrl,
  past: [],
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const problem = (text: string): string => {
  const decoded = decodeRunConfig(bytes(text))
  return E.isLeft(decoded) ? decoded.left : 'none'
}

describe('config of a run', () => {
  test('is read back as it was written', () => {
    expect(decodeRunConfig(bytes(encodeJson(config)))).toEqual(E.right(config))
  })

  test('a config from before there were shards has one of them', () => {
    const { shards, ...older } = config.settings
    const text = JSON.stringify({ ...config, settings: older })
    expect(decodeRunConfig(bytes(text))).toEqual(
      E.right({ ...config, settings: { ...config.settings, shards: 1 } }),
    )
    expect(shards).toBeGreaterThan(1)
  })

  describe('of an earlier version', () => {
    /** A config as runs had it before there was a choice, and what was done then. */
    const earlier = {
      envs: 4,
      steps: 128,
      totalSteps: 500_000,
      epochs: 4,
      minibatches: 4,
      gamma: 0.99,
      lambda: 0.95,
      clip: 0.2,
      valueClip: 0.2,
      entropyCoef: 0.01,
      valueCoef: 0.5,
      maxGradNorm: 0.5,
      learningRate: 2.5e-4,
      learningRateSchedule: 'linear',
      adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 },
      advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8 },
      hidden: [64, 64],
      gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 },
    }
    const read = (settings: object) =>
      decodeRunConfig(bytes(JSON.stringify({ ...config, settings })))

    test('is completed with what was done then: CleanRL’s choices, one shard, and exact truncation', () => {
      expect(read(earlier)).toEqual(
        E.right({ ...config, settings: { ...presets.cleanrl, shards: 1, truncation: 'exact' } }),
      )
    })

    test('keeps each field that it has, inner ones too', () => {
      const adam = { ...earlier.adam, epsilonPlacement: 'uncorrected' }
      const klStop = { target: 0.02 }
      const decoded = read({ ...earlier, shards: 3, adam, klStop, truncation: 'mask', huber: 2 })
      expect(decoded).toEqual(
        E.right({
          ...config,
          settings: {
            ...presets.cleanrl,
            shards: 3,
            adam,
            klStop: { ...presets.cleanrl.klStop, target: 0.02 },
            truncation: 'mask',
            huber: 2,
          },
        }),
      )
    })

    test('is not repaired where it is wrong', () => {
      const { gamma: _, ...without } = earlier
      expect(read(without)).toEqual(
        E.left('settings.gamma: expected a number from 0 to 1, got nothing'),
      )
      expect(read({ ...earlier, adam: 3 })).toEqual(
        E.left(
          'settings.adam: expected an object of beta1, beta2, epsilon, epsilonPlacement, got 3',
        ),
      )
      expect(read([])).toEqual(E.left('settings: expected a config, got []'))
    })
  })

  test('what is wrong is named: path, expected, got', () => {
    const wrong = { ...config, seed: -1, settings: { ...config.settings, gamma: 2 } }
    expect(problem(JSON.stringify(wrong))).toBe(
      'seed: expected a whole number >= 0, got -1; settings.gamma: expected a number from 0 to 1, got 2',
    )
  })

  test('may name the device that learned it, and the device has to be one', () => {
    const gpu = { mode: 'webgl2', adapter: 'a', version: '2.24.1' }
    expect(decodeRunConfig(new TextEncoder().encode(JSON.stringify({ ...config, gpu })))).toEqual(
      E.right({ ...config, gpu }),
    )
    expect(problem(JSON.stringify({ ...config, gpu: { ...gpu, mode: 'abacus' } }))).toContain(
      'gpu.mode: expected one of webgpu, webgl2',
    )
    expect(problem(JSON.stringify({ ...config, gpu: null }))).toMatch(/^gpu: expected/)
  })

  test('may name an environment that is not built in, and the module file that it was in', () => {
    const own = { ...config, env: 'my game', module: { sha256: 'a'.repeat(64) } }
    expect(decodeRunConfig(bytes(encodeJson(own)))).toEqual(E.right(own))
    expect(problem(JSON.stringify({ ...own, module: { sha256: './game.js' } }))).toContain(
      'module.sha256: expected 64 hexadecimal digits',
    )
  })

  test.each([
    ['no text', ''],
    ['spaces alone', '  '],
    ['an escape sequence', '\u001B[2Jgame'],
    ['a C1 control character', '\u009B2Jgame'],
    ['text that changes its direction', 'game\u202Emoc'],
    ['two lines', 'game\nproximal: all is well'],
    ['half a character', 'game\uD800'],
    ['a long text', 'x'.repeat(101)],
    ['a number', 3],
  ])('an environment whose name is %s is refused', (_, env) => {
    expect(problem(JSON.stringify({ ...config, env }))).toContain(
      'env: expected a name of 1 to 100 printable characters',
    )
  })

  test('an older format, half a file and no object are refused', () => {
    expect(problem(JSON.stringify({ ...config, format: 'x' }))).toContain('format')
    expect(problem(encodeJson(config).slice(0, 100))).toContain('expected JSON')
    expect(problem('null')).toContain('expected')
  })
})

describe('the past of a run', () => {
  const { settings } = config
  const slower = { ...settings, learningRate: 1e-4 }
  const shorter = { ...settings, totalSteps: 10 * settings.envs * settings.steps }
  const ofPast = (past: RunConfig<'ppo'>['past'], now = settings): string =>
    problem(encodeJson({ ...config, settings: now, past }))

  test('is none of a config from before there were forks', () => {
    const { past: _, ...before } = config
    expect(decodeRunConfig(bytes(JSON.stringify(before)))).toEqual(E.right(config))
  })

  test('is read back as it was written', () => {
    const forked = {
      ...config,
      past: [
        { until: 1, settings: slower },
        { until: 10, settings: shorter },
      ],
    }
    expect(decodeRunConfig(bytes(encodeJson(forked)))).toEqual(E.right(forked))
  })

  test('of an earlier version is refused if fields are missing: a fork has all', () => {
    const { shards: _, ...older } = settings
    const text = JSON.stringify({ ...config, past: [{ until: 1, settings: older }] })
    expect(problem(text)).toMatch(/^past\[0\]\.settings\.shards: expected .*, got nothing$/)
  })

  test.each<[string, string, RunConfig<'ppo'>['past'], PpoConfig?]>([
    [
      'an update before the first',
      'past.0.until: expected a whole number >= 1, got 0',
      [{ until: 0, settings }],
    ],
    [
      'half an update',
      'past.0.until: expected a whole number >= 1, got 1.5',
      [{ until: 1.5, settings }],
    ],
    [
      'updates that stay',
      'past[1].until: expected increasing updates within its config, got 3',
      [
        { until: 3, settings },
        { until: 3, settings: slower },
      ],
    ],
    [
      'updates that fall',
      'past[1].until: expected increasing updates within its config, got 2',
      [
        { until: 3, settings },
        { until: 2, settings: slower },
      ],
    ],
    [
      'more updates than its config does',
      'past[0].until: expected increasing updates within its config, got 11',
      [{ until: 11, settings: shorter }],
    ],
    [
      'other worlds',
      `past[0].settings.envs: expected ${settings.envs} as now, got ${2 * settings.envs}`,
      [{ until: 1, settings: { ...settings, envs: 2 * settings.envs } }],
    ],
    [
      'other rollouts',
      `past[0].settings.steps: expected ${settings.steps} as now, got ${2 * settings.steps}`,
      [{ until: 1, settings: { ...settings, steps: 2 * settings.steps } }],
    ],
    [
      'a config that cannot be',
      `past[0].settings.minibatches: expected a divisor of envs · steps = ${settings.envs * settings.steps}, got 5`,
      [{ until: 1, settings: { ...settings, minibatches: 5 } }],
    ],
    [
      'a field out of range',
      'past[0].settings.gamma: expected a number from 0 to 1, got 2',
      [{ until: 1, settings: { ...settings, gamma: 2 } }],
    ],
    [
      'more updates than the run has',
      'settings.totalSteps: expected at least the 11 updates of the past, got 10',
      [{ until: 11, settings }],
      shorter,
    ],
  ])('is not one with %s', (_, said, past, now) => {
    expect(ofPast(past, now)).toBe(said)
  })

  test('may be as long as the run, and as its own config', () => {
    expect(ofPast([{ until: 10, settings }], shorter)).toBe('none')
    expect(ofPast([{ until: 10, settings: shorter }], shorter)).toBe('none')
  })

  test('is the past of a run while its last update is', () => {
    const past = [
      { until: 2, settings: slower },
      { until: 5, settings: shorter },
    ]
    const last = {
      until: Math.floor(settings.totalSteps / (settings.envs * settings.steps)),
      settings,
    }
    const after = (update: number) => segmentsAfter({ ...config, past }, update)
    expect(after(0)).toEqual([...past, last])
    expect(after(1)).toEqual([...past, last])
    expect(after(2)).toEqual([past[1], last])
    expect(after(4)).toEqual([past[1], last])
    expect(after(5)).toEqual([last])
    expect(after(last.until)).toEqual([last])
    expect(segmentsAfter(config, 0)).toEqual([last])
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { presets } from '../../src/algo/ppo/presets.ts'
import { decodeRunConfig, encodeJson } from '../../src/io/run.ts'
import type { RunConfig } from '../../src/io/run.ts'

const config: RunConfig = {
  format: 'proximal run 1',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  ppo: presets.cleanrl,
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
    const { shards, ...older } = config.ppo
    const text = JSON.stringify({ ...config, ppo: older })
    expect(decodeRunConfig(bytes(text))).toEqual(
      E.right({ ...config, ppo: { ...config.ppo, shards: 1 } }),
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
    const read = (ppo: object) => decodeRunConfig(bytes(JSON.stringify({ ...config, ppo })))

    test('is completed with what was done then: CleanRL’s choices, one shard, and exact truncation', () => {
      expect(read(earlier)).toEqual(
        E.right({ ...config, ppo: { ...presets.cleanrl, shards: 1, truncation: 'exact' } }),
      )
    })

    test('keeps each field that it has, inner ones too', () => {
      const adam = { ...earlier.adam, epsilonPlacement: 'uncorrected' }
      const klStop = { target: 0.02 }
      const decoded = read({ ...earlier, shards: 3, adam, klStop, truncation: 'mask', huber: 2 })
      expect(decoded).toEqual(
        E.right({
          ...config,
          ppo: {
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
      expect(read(without)).toEqual(E.left('ppo.gamma: expected a number from 0 to 1, got nothing'))
      expect(read({ ...earlier, adam: 3 })).toEqual(
        E.left('ppo.adam: expected an object of beta1, beta2, epsilon, epsilonPlacement, got 3'),
      )
      expect(read([])).toEqual(E.left('ppo: expected a config, got []'))
    })
  })

  test('what is wrong is named: path, expected, got', () => {
    const wrong = { ...config, seed: -1, ppo: { ...config.ppo, gamma: 2 } }
    expect(problem(JSON.stringify(wrong))).toBe(
      'seed: expected a whole number >= 0, got -1; ppo.gamma: expected a number from 0 to 1, got 2',
    )
  })

  test('another world, an older format, half a file and no object are refused', () => {
    expect(problem(JSON.stringify({ ...config, env: 'chess' }))).toContain('env: expected one of')
    expect(problem(JSON.stringify({ ...config, format: 'x' }))).toContain('format')
    expect(problem(encodeJson(config).slice(0, 100))).toContain('expected JSON')
    expect(problem('null')).toContain('expected')
  })
})

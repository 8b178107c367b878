import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  decodeConfig,
  preset,
  presets,
  updatesOf,
  type PresetName,
} from '../../../src/algo/ppo/index.ts'

describe('presets', () => {
  test.each(Object.keys(presets) as PresetName[])('%s is a config that can be', (name) => {
    expect(decodeConfig(preset(name))).toEqual(E.right(presets[name]))
  })

  test("cleanrl has the numbers of CleanRL's ppo.py", () => {
    expect(presets.cleanrl).toEqual({
      envs: 4, // num_envs
      steps: 128, // num_steps
      totalSteps: 500_000, // total_timesteps
      epochs: 4, // update_epochs
      minibatches: 4, // num_minibatches
      shards: 2, // CleanRL has none: sums are added up in one go
      gamma: 0.99,
      lambda: 0.95, // gae_lambda
      clip: 0.2, // clip_coef
      valueClip: 0.2, // clip_vloss, by clip_coef
      entropyCoef: 0.01, // ent_coef
      valueCoef: 0.5, // vf_coef, of a loss that is ½ (V − G)² there, too
      maxGradNorm: 0.5,
      learningRate: 2.5e-4,
      learningRateSchedule: 'linear', // anneal_lr
      adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 }, // torch's betas
      advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8 }, // torch's std
      hidden: [64, 64],
      gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 }, // layer_init
    })
    expect(updatesOf(presets.cleanrl)).toBe(976) // num_iterations = 500000 // 512
  })

  test('a name that is none is an error that names those there are', () => {
    const wrong: string = 'cleanRL'
    expect(() => preset(wrong as PresetName)).toThrow(
      /^preset: expected one of cleanrl, .*, got "cleanRL"$/,
    )
    expect(() => preset('toString' as PresetName)).toThrow(/^preset: expected one of/)
  })
})

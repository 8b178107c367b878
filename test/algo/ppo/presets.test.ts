import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeConfig, preset, presets, updatesOf, type PresetName } from '../../../src/ppo.ts'

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
      shuffle: 'epoch',
      shards: 2, // CleanRL has none: sums are added up in one go
      gamma: 0.99,
      lambda: 0.95, // gae_lambda
      valueLambda: null, // returns = advantages + values
      truncation: 'terminate', // done = terminated or truncated
      recomputeAdvantages: false,
      advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' }, // torch's std
      normalise: { observation: false, reward: false, clip: 10, epsilon: 1e-8 },
      surrogate: 'clip',
      clip: 0.2, // clip_coef
      clipSchedule: 'constant',
      dualClip: 3, // not read
      klPenalty: { kind: 'none', beta: 1, target: 0.01 },
      klStop: { target: null, factor: 1, estimator: 'k3', when: 'epoch', scope: 'both' }, // target_kl
      entropyCoef: 0.01, // ent_coef
      valueCoef: 0.5, // vf_coef, of a loss that is ½ (V − G)² there, too
      valueClip: 0.2, // clip_vloss, by clip_coef
      valueClipKind: 'max',
      huber: null,
      learningRate: 2.5e-4,
      valueLearningRate: null, // one optimizer
      learningRateSchedule: 'linear', // anneal_lr
      adaptiveRate: { desiredKl: 0.01, factor: 1.5, min: 1e-5, max: 1e-2 }, // not read
      adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, epsilonPlacement: 'corrected' }, // torch's
      maxGradNorm: 0.5,
      gradClip: 'global',
      hidden: [64, 64],
      valueHidden: null,
      trunk: 'separate',
      weights: 'orthogonal', // layer_init
      gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 },
      logStd: { kind: 'free', init: 0 }, // ppo_continuous_action.py
      actionBound: 'clip', // ClipAction
    })
    expect(updatesOf(presets.cleanrl)).toBe(976) // num_iterations = 500000 // 512
  })

  test("sb3 has those of Stable-Baselines3's PPO", () => {
    expect(presets.sb3).toMatchObject({
      steps: 2048, // n_steps
      epochs: 10, // n_epochs
      minibatches: 32, // of batch_size 64
      gamma: 0.99,
      lambda: 0.95, // gae_lambda
      truncation: 'exact', // reward += gamma · V(terminal_observation)
      advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8 },
      clip: 0.2, // clip_range
      klStop: { target: null, factor: 1.5, estimator: 'k3', when: 'minibatch', scope: 'both' },
      entropyCoef: 0, // ent_coef
      valueCoef: 1, // vf_coef 0.5 of a loss without ½
      valueClip: null, // clip_range_vf
      valueClipKind: 'alone', // no maximum
      learningRate: 3e-4,
      learningRateSchedule: 'constant',
      adam: { epsilon: 1e-5 },
      maxGradNorm: 0.5,
      gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 }, // ortho_init
      logStd: { kind: 'free', init: 0 }, // log_std_init
      actionBound: 'clip',
    })
    const { envs, steps, minibatches } = presets.sb3
    expect((envs * steps) / minibatches).toBe(64)
  })

  test("baselines has those of ppo2's learn", () => {
    expect(presets.baselines).toMatchObject({
      steps: 2048, // nsteps
      epochs: 4, // noptepochs
      minibatches: 4, // nminibatches
      gamma: 0.99,
      lambda: 0.95, // lam
      truncation: 'terminate', // done
      advantage: { normalise: 'minibatch', ddof: 0, epsilon: 1e-8 }, // NumPy's std
      clip: 0.2, // cliprange
      valueClip: 0.2, // by cliprange, always
      valueClipKind: 'max',
      valueCoef: 0.5, // vf_coef
      entropyCoef: 0, // ent_coef
      klStop: { target: null },
      learningRate: 3e-4, // lr
      learningRateSchedule: 'constant',
      adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, epsilonPlacement: 'uncorrected' }, // TensorFlow's
      maxGradNorm: 0.5,
      gradClip: 'global', // clip_by_global_norm
      trunk: 'shared', // value_network None
    })
  })

  test("spinningup has those of Spinning Up's PPO in PyTorch", () => {
    expect(presets.spinningup).toMatchObject({
      steps: 4000, // steps_per_epoch
      totalSteps: 50 * 4000, // epochs
      epochs: 80, // train_pi_iters, train_v_iters
      minibatches: 1,
      gamma: 0.99,
      lambda: 0.97, // lam
      valueLambda: 1, // ret, discounted to the end
      advantage: { normalise: 'batch', ddof: 0, epsilon: 0 },
      clip: 0.2, // clip_ratio
      klStop: { target: 0.01, factor: 1.5, estimator: 'k1', when: 'minibatch', scope: 'policy' },
      entropyCoef: 0,
      valueCoef: 2, // 1 of a loss without ½
      valueClip: null,
      learningRate: 3e-4, // pi_lr
      valueLearningRate: 1e-3, // vf_lr
      learningRateSchedule: 'constant',
      adam: { epsilon: 1e-8 }, // torch's own
      gradClip: 'none',
      hidden: [64, 64],
      weights: 'fanIn', // of torch's Linear
      logStd: { kind: 'free', init: -0.5 },
      actionBound: 'none',
    })
  })

  test("rslRl has those of rsl_rl as legged_gym's example takes them", () => {
    expect(presets.rslRl).toMatchObject({
      envs: 4096,
      steps: 24, // num_steps_per_env
      totalSteps: 1500 * 24 * 4096, // max_iterations
      epochs: 5, // num_learning_epochs
      minibatches: 4, // num_mini_batches
      shuffle: 'update', // indices drawn once an update
      gamma: 0.99,
      lambda: 0.95, // lam
      truncation: 'current', // rewards += gamma · values · time_outs
      advantage: { normalise: 'batch', ddof: 1, epsilon: 1e-8 },
      clip: 0.2, // clip_param
      entropyCoef: 0.01,
      valueCoef: 2, // value_loss_coef 1 of a loss without ½
      valueClip: 0.2, // use_clipped_value_loss
      valueClipKind: 'max',
      learningRate: 1e-3,
      learningRateSchedule: 'adaptive', // schedule
      adaptiveRate: { desiredKl: 0.01, factor: 1.5, min: 1e-5, max: 1e-2 },
      klStop: { target: null },
      adam: { epsilon: 1e-8 },
      maxGradNorm: 1,
      gradClip: 'each',
      hidden: [256, 256, 256],
      weights: 'fanIn',
      logStd: { kind: 'free', init: 0 }, // init_noise_std 1
    })
  })

  test('an unknown name is an error that lists the known ones', () => {
    const wrong: string = 'cleanRL'
    expect(() => preset(wrong as PresetName)).toThrow(
      /^preset: expected one of cleanrl, sb3, .*, got "cleanRL": did you mean cleanrl\?$/,
    )
    expect(() => preset('toString' as PresetName)).toThrow(/^preset: expected one of/)
  })
})

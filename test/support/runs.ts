import * as a2c from '../../src/algo/a2c/index.ts'
import type { SettingsOf } from '../../src/algo/algorithm.ts'
import * as trpo from '../../src/algo/trpo/index.ts'
import * as vpg from '../../src/algo/vpg/index.ts'
import type { Learner } from '../../src/algo/learner.ts'
import { rollout, type Trajectory } from '../../src/algo/rollout.ts'
import { flattenTime } from '../../src/algo/samples.ts'
import type { Policy, PolicyParams } from '../../src/algo/policy.ts'
import { parts, presets, ratesAt, type PpoConfig, type Samples } from '../../src/algo/ppo/index.ts'
import { vectorise, type Environment } from '../../src/env/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import type { Kernels } from '../../src/kernel/kernels.ts'
import { foldIn, key, normal, split } from '../../src/random/index.ts'
import { gae, lambdaReturn } from '../../src/rl/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data } from '../../src/tensor/index.ts'

/** CleanRL's choices but for truncation, made small: 3 environments, 16 steps, minibatches of 12, 5 updates. */
export const small: PpoConfig = {
  ...presets.cleanrl,
  envs: 3,
  steps: 16,
  totalSteps: 5 * 3 * 16,
  epochs: 2,
  minibatches: 4,
  truncation: 'exact',
  hidden: [5, 4],
  gain: { hidden: Math.SQRT2, policy: 1, value: 1 },
}

const sizes = { envs: 3, steps: 16, totalSteps: 5 * 3 * 16, hidden: [5, 4] }

/** A small config of each algorithm, of 5 updates. */
export const smallOf: SettingsOf = {
  ppo: small,
  vpg: { ...vpg.presets.cartpole, ...sizes, valueEpochs: 2, valueMinibatches: 2 },
  a2c: { ...a2c.presets.cartpole, ...sizes },
  trpo: { ...trpo.presets.cartpole, ...sizes, valueEpochs: 2, valueMinibatches: 2 },
}

/** A first policy, its parameters and a world of `config.envs`, all from one seed. */
export const begin = <S>(
  env: Environment<S>,
  seed: number,
  config: PpoConfig = small,
  kernels: Kernels = js.f64,
) => {
  const [paramsKey, worldKey, actKey] = split(key(seed), 3)
  const { policy } = parts(config, env, kernels)
  const worlds = vectorise(env, config.envs, kernels.dtype, config.actionBound)
  const params = policy.init(paramsKey)
  return { policy, params, worlds, world: worlds.init(worldKey), actKey }
}

/** The trajectory as samples, in the order of time and then of environments. */
export const samplesOf = (
  trajectory: Trajectory,
  { gamma, lambda }: Pick<PpoConfig, 'gamma' | 'lambda'>,
): Samples =>
  flattenTime(
    trajectory,
    lambdaReturn({ gamma, lambda })(trajectory),
    gae({ gamma, lambda })(trajectory),
  )

/** A policy that has just acted, and what it lived through as samples. */
export const lived = <S>(
  env: Environment<S>,
  seed: number,
  config: PpoConfig = small,
  kernels: Kernels = js.f64,
): { readonly policy: Policy; readonly params: PolicyParams; readonly samples: Samples } => {
  const { policy, params, worlds, world, actKey } = begin(env, seed, config, kernels)
  const [{ trajectory }] = rollout(worlds, policy, config.steps)(params, actKey)(world)
  return { policy, params, samples: samplesOf(trajectory, config) }
}

/** Parameters moved by Gaussian noise of that size, so that ratios are off 1. */
export const perturbed = (params: PolicyParams, size: number, seed: number): PolicyParams => {
  const from = data(params.flat)
  const noise = data(normal(foldIn(key(seed), 1), ['param'], [from.length], 'f64'))
  return withFlat(
    params.tree,
    Float64Array.from({ length: from.length }, (_, i) => from[i]! + size * noise[i]!),
  )
}

/** The rates of a first update. */
export const firstRates = (config: PpoConfig) => ratesAt(config, 0, null)

/** A step of an optimiser at those rates. */
export const firstSize = (config: PpoConfig) => ({ ...firstRates(config), moves: 'all' }) as const

/** A learner with these parameters that has not learnt yet. */
export const beginner = <S>(
  config: PpoConfig,
  env: Environment<S>,
  params: PolicyParams,
  kernels: Kernels = js.f64,
): Learner => {
  const { optimizer } = parts(config, env, kernels)
  const optim = optimizer(firstSize(config)).init(params.flat)
  return { params, optim, tuned: null, normaliser: null }
}

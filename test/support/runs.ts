import * as a2c from '../../src/algo/a2c/index.ts'
import type { SettingsOf } from '../../src/algo/algorithm.ts'
import * as trpo from '../../src/algo/trpo/index.ts'
import * as vpg from '../../src/algo/vpg/index.ts'
import type { Learner } from '../../src/algo/learner.ts'
import { type Trajectory } from '../../src/algo/trajectory.ts'
import { flattenTime } from '../../src/algo/samples.ts'
import type { Policy, PolicyParams } from '../../src/algo/policy.ts'
import { parts, presets, ratesAt, type PpoConfig, type Samples } from '../../src/algo/ppo/index.ts'
import type { Environment } from '../../src/env/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { foldIn, key, normal, split } from '../../src/random/index.ts'
import { gae, lambdaReturn } from '../../src/rl/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data } from '../../src/tensor/index.ts'
import { agentFor } from './acting.ts'

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

/** A first policy, its parameters, an environment of `config.envs` and how it acts there, all from one seed. */
export const begin = <S>(
  env: Environment<S>,
  seed: number,
  config: PpoConfig = small,
  machine: Machine = js.f64,
) => {
  const [paramsKey, worldKey, actKey] = split(key(seed), 3)
  const { env: worlds, policy, rollout } = agentFor(config, env, machine)
  const params = policy.init(paramsKey)
  return { policy, params, worlds, world: worlds.init(worldKey), actKey, rollout }
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
  machine: Machine = js.f64,
): { readonly policy: Policy; readonly params: PolicyParams; readonly samples: Samples } => {
  const { policy, params, world, actKey, rollout } = begin(env, seed, config, machine)
  const [{ trajectory }] = rollout(params, actKey)(world)
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

/** A learner with these parameters that has not learnt yet. */
export const beginner = <S>(
  config: PpoConfig,
  env: Environment<S>,
  params: PolicyParams,
  machine: Machine = js.f64,
): Learner => {
  const { optimizer } = parts(config, env, machine)
  const optim = optimizer.init(params.flat)
  return { params, optim, adaptive: null, normaliser: null }
}

import type { EnvView } from '../../../env/environment.ts'
import type { PpoConfig } from '../config.ts'
import { comparesDists } from '../learn.ts'
import { learningBytes, planBytes } from './memory.ts'
import { networkSize, type NetworkSize } from './networkSize.ts'

/** The cost of training or playing, estimated from the config alone. */
export interface Estimate {
  /** floating-point operations of networks and optimiser */
  readonly flop: number
  /** environment steps */
  readonly steps: number
  /** total time on an ordinary laptop, in seconds */
  readonly seconds: number
  /** peak memory in bytes */
  readonly bytes: number
  /** the part of `bytes` in a single WebAssembly memory, which is limited to 4 GiB */
  readonly planBytes: number
}

/** How many updates to estimate, and how they are computed. */
export interface EstimateOptions {
  /** number of updates */
  readonly updates: number
  /** 1 by default; threads beyond the number of shards are not counted */
  readonly threads?: number
  /** `auto` by default, which is estimated as `wasm` */
  readonly kernels?: 'js' | 'wasm' | 'auto'
}

// An ordinary laptop: rates of one core per second, and costs in seconds.
const FLOP_PER_SECOND = 2e10
const FLOP_PER_SECOND_JS = 2e9
/** initial weights, which plain JavaScript computes */
const INIT_FLOP_PER_SECOND = 1e9
const DRAWS_PER_SECOND = 1e7
const HASHED_PER_SECOND = 2e8
const STEP = 2e-6
const FEATURE = 1e-8
const ENVIRONMENT = 5e-6
const UPDATE = 2e-4
/** of an optimiser step and of a shard of it, beside their arithmetic */
const OPTIMISER_STEP = 1e-5
const SHARD = 3e-6

/** How often an update passes over the whole batch, besides learning from it. */
const sweepsOf = (config: PpoConfig): number => {
  const { klPenalty, recomputeAdvantages, epochs } = config
  // V alone is about half of a pass.
  return (
    (comparesDists(config) ? 1 : 0) +
    (klPenalty.kind === 'adaptive' ? 1 : 0) +
    (recomputeAdvantages ? (epochs - 1) / 2 : 0)
  )
}

/** A tanh takes about so many operations. */
const TANH = 20

/** Operations of a row forward through both networks: 2 W and the tanhs. */
export const forwardFlop = ({ weights, units }: NetworkSize): number => 2 * weights + TANH * units

/**
 * Operations of one update. With F a row forward, S = envs · steps samples, K = epochs · minibatches
 * optimiser steps, C shards and P parameters:
 *
 * S F to act, S epochs (F + 4 W − 2 W₁) to learn, as a weight is multiplied twice on the way back but
 * for the W₁ at the observation, F a sample for each look at the whole batch, and
 * K (C + 20) P for sums over shards, norms and Adam.
 */
export const updateFlop = (config: PpoConfig, size: NetworkSize): number => {
  const { envs, steps, epochs, minibatches, shards } = config
  const { weights, firstWeights, params } = size
  const samples = envs * steps
  const forward = forwardFlop(size)
  const passes = samples * epochs
  return (
    samples * forward +
    passes * (forward + 4 * weights - 2 * firstWeights) +
    samples * forward * sweepsOf(config) +
    epochs * minibatches * (shards + 20) * params
  )
}

const updateSeconds = (config: PpoConfig, size: NetworkSize, rate: number): number => {
  const { envs, steps, epochs, minibatches, shards } = config
  const samples = envs * steps
  const optimiserSteps = epochs * minibatches
  return (
    UPDATE +
    updateFlop(config, size) / rate +
    samples * (STEP + FEATURE * size.features * (1 + epochs)) +
    (samples * epochs) / DRAWS_PER_SECOND +
    optimiserSteps * (OPTIMISER_STEP + shards * SHARD) +
    (12 * size.params) / HASHED_PER_SECOND
  )
}

/**
 * Estimates the cost of training with a config: floating-point operations, environment steps, seconds
 * on an ordinary laptop, and peak bytes. The formulas are sums of products of the config's fields (see
 * `updateFlop` and `planBytes`), so the estimate itself is fast for any config. Operations are accurate
 * within 20 %, bytes within a factor of 3, seconds within a factor of 5.
 *
 * @param env its spaces, and whether it has an actionMask; nothing of it is called
 */
export const estimate = <S>(
  config: PpoConfig,
  env: EnvView<S>,
  { updates, threads: given = 1, kernels = 'auto' }: EstimateOptions,
): Estimate => {
  const size = networkSize(config, env)
  const threads = Math.min(given, config.shards)
  const rate = kernels === 'js' ? FLOP_PER_SECOND_JS : FLOP_PER_SECOND
  return {
    flop: updates * updateFlop(config, size) + size.initFlop,
    steps: updates * config.envs * config.steps,
    seconds:
      size.initFlop / INIT_FLOP_PER_SECOND +
      size.params / DRAWS_PER_SECOND +
      config.envs * ENVIRONMENT +
      updates * updateSeconds(config, size, rate),
    bytes: learningBytes(config, size, threads),
    planBytes: planBytes(config, size, threads),
  }
}

/**
 * Estimates the cost of loading a policy to play with it, without training: seconds, and bytes of its
 * parameters and statistics.
 */
export const estimatePolicy = <S>(config: PpoConfig, env: EnvView<S>): Estimate => {
  const { params, features } = networkSize(config, env)
  return {
    flop: 0,
    steps: 0,
    seconds: params / DRAWS_PER_SECOND,
    bytes: 16 * params + 64 * features + (config.normalise.reward ? 16 * config.envs : 0),
    planBytes: 0,
  }
}

/**
 * Estimates the cost of playing so many environment steps with a policy, many episodes at a time: floating-point
 * operations, environment steps and seconds, but no memory, which training has more of.
 */
export const estimatePlay = <S>(
  config: PpoConfig,
  env: EnvView<S>,
  steps: number,
  kernels: EstimateOptions['kernels'] = 'auto',
): Estimate => {
  const size = networkSize(config, env)
  const rate = kernels === 'js' ? FLOP_PER_SECOND_JS : FLOP_PER_SECOND
  const flop = steps * forwardFlop(size)
  const seconds = flop / rate + steps * (STEP + FEATURE * size.features)
  return { flop, steps, seconds, bytes: 0, planBytes: 0 }
}

/** The total cost of several pieces of work: all sums, except `planBytes`, which is the maximum. */
export const combined = (all: readonly Estimate[]): Estimate => {
  const sum = { flop: 0, steps: 0, seconds: 0, bytes: 0, planBytes: 0 }
  for (const one of all) {
    sum.flop += one.flop
    sum.steps += one.steps
    sum.seconds += one.seconds
    sum.bytes += one.bytes
    sum.planBytes = Math.max(sum.planBytes, one.planBytes)
  }
  return sum
}

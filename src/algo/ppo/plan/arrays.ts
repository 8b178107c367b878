import type { Alloc } from '../../../kernel/layout.ts'
import { paramCount } from '../../../nn/plannedMlp.ts'
import type { PpoConfig } from '../config.ts'
import type { PlannedSpec } from './plannable.ts'
import { laySight, type Sight } from './sight.ts'

/** What of a world and its policy decides sizes. */
export interface Sizes {
  readonly kind: 'categorical' | 'gaussian'
  readonly observations: number
  /** numbers that the policy's network says of a state */
  readonly outputs: number
  /** parameters of the distribution that no state changes */
  readonly free: number
  /** numbers that an action has */
  readonly actions: number
}

export const sizesOf = (
  { logStd }: Pick<PpoConfig, 'logStd'>,
  { observationSpace: { size }, actionSpace }: PlannedSpec,
): Sizes => {
  if (actionSpace.kind === 'discrete')
    return { kind: 'categorical', observations: size, outputs: actionSpace.n, free: 0, actions: 1 }
  const n = actionSpace.size
  const isFree = logStd.kind === 'free'
  return {
    kind: 'gaussian',
    observations: size,
    outputs: isFree ? n : 2 * n,
    free: isFree ? n : 0,
    actions: n,
  }
}

/** Layer sizes of the policy's network and of V's. */
export const netSizes = ({ hidden, valueHidden }: PpoConfig, { observations, outputs }: Sizes) =>
  ({
    actor: [observations, ...hidden, outputs],
    critic: [observations, ...(valueHidden ?? hidden), 1],
  }) as const

/** The losses of a shard, in this order. */
export const LOSSES = ['policyLoss', 'valueLoss', 'entropy', 'approxKl', 'clipFraction'] as const

/** What an optimiser moves and remembers. */
export interface LearnerArrays {
  readonly params: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
}

/** Arrays that all threads read. */
export interface Arrays {
  /** the learner that a job begins with, and, the caller's thread being at work on it, ends with */
  readonly learner: LearnerArrays
  /**
   * [turn][shard]: gradients, of one minibatch and then the other, so that a thread can begin with
   * the next while others still read what it wrote of the last
   */
  readonly grads: ReadonlyArray<readonly Float32Array[]>
  readonly sight: Sight
  /** [sample, feature] */
  readonly observation: Float32Array
  /** [sample], or [sample, action] of Gaussians */
  readonly action: Int32Array | Float32Array
  /** [sample], each */
  readonly oldLogProb: Float32Array
  readonly oldValue: Float32Array
  readonly advantage: Float32Array
  readonly returns: Float32Array
  /** [epoch, sample]: the order of each epoch */
  readonly order: Int32Array
  /** [minibatch, shard, loss] */
  readonly losses: Float64Array
  /** [minibatch] */
  readonly gradNorm: Float64Array
}

const paramsOf = (config: PpoConfig, sizes: Sizes): number => {
  const { actor, critic } = netSizes(config, sizes)
  return paramCount(actor) + sizes.free + paramCount(critic)
}

const layLearner = (alloc: Alloc, params: number): LearnerArrays => ({
  params: alloc.f32(params),
  m: alloc.f32(params),
  v: alloc.f32(params),
})

/** Actions of so many samples. */
const layActions = (alloc: Alloc, { kind, actions }: Sizes, samples: number) =>
  kind === 'categorical' ? alloc.i32(samples) : alloc.f32(samples * actions)

/** @param threads how many; one alone takes no turns */
export const layArrays = (
  alloc: Alloc,
  config: PpoConfig,
  sizes: Sizes,
  threads: number,
): Arrays => {
  const params = paramsOf(config, sizes)
  const samples = config.envs * config.steps
  const minibatches = config.epochs * config.minibatches
  return {
    learner: layLearner(alloc, params),
    grads: Array.from({ length: Math.min(threads, 2) }, () =>
      Array.from({ length: config.shards }, () => alloc.f32(params)),
    ),
    sight: laySight(alloc, config, sizes),
    observation: alloc.f32(samples * sizes.observations),
    action: layActions(alloc, sizes, samples),
    oldLogProb: alloc.f32(samples),
    oldValue: alloc.f32(samples),
    advantage: alloc.f32(samples),
    returns: alloc.f32(samples),
    order: alloc.i32(config.epochs * samples),
    losses: alloc.f64(minibatches * config.shards * LOSSES.length),
    gradNorm: alloc.f64(minibatches),
  }
}

/** What a thread has for itself to learn with. */
export interface OwnLearner extends LearnerArrays {
  /** the gradient of a minibatch */
  readonly grad: Float32Array
  /** the clipped gradient, then the step */
  readonly step: Float32Array
}

/** The caller's thread works on the learner of the job itself, the others on copies. */
export const layOwnLearner = (
  alloc: Alloc,
  config: PpoConfig,
  sizes: Sizes,
  { learner }: Arrays,
  rank: number,
): OwnLearner => {
  const params = paramsOf(config, sizes)
  return {
    ...(rank === 0 ? learner : layLearner(alloc, params)),
    grad: alloc.f32(params),
    step: alloc.f32(params),
  }
}

/**
 * What a thread writes down of its worlds, `rows` of them, in lines that no other thread writes to:
 * were the worlds of all side by side, the threads would wait for each other at every step.
 */
export interface Record {
  readonly rows: number
  /** [time, row, feature], as the policy saw it */
  readonly observation: Float32Array
  /** the same as the worlds showed it; none where that is what the policy saw */
  readonly shown: Float32Array
  /** [time, row], or [time, row, action] of Gaussians */
  readonly action: Int32Array | Float32Array
  /** [time, row], each */
  readonly logProb: Float32Array
  readonly value: Float32Array
  readonly nextValue: Float32Array
  readonly reward: Float32Array
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
}

export const layRecord = (
  alloc: Alloc,
  { steps, normalise }: PpoConfig,
  sizes: Sizes,
  rows: number,
): Record => ({
  rows,
  observation: alloc.f32(steps * rows * sizes.observations),
  shown: alloc.f32(normalise.observation ? steps * rows * sizes.observations : 0),
  action: layActions(alloc, sizes, steps * rows),
  logProb: alloc.f32(steps * rows),
  value: alloc.f32(steps * rows),
  nextValue: alloc.f32(steps * rows),
  reward: alloc.f32(steps * rows),
  terminated: alloc.u8(steps * rows),
  truncated: alloc.u8(steps * rows),
})

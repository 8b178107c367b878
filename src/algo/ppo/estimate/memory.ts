import type { PpoConfig } from '../config.ts'
import type { NetworkSize } from './networkSize.ts'

const [F32, F64, I32] = [4, 8, 4]

/** Heap of an environment: its slot, state and key, now and a step ago. */
const ENVIRONMENT = 1500
/** Heap of one view of an array. */
const VIEW = 200
/** Heap of the losses of one optimiser step. */
const LOSSES = 250
/** Heap of one tensor, its shape and names included. */
const TENSOR = 400
/** Memory of an idle thread. */
const THREAD = 20_000_000
/** Baseline of a process: code, and garbage that is not collected yet. */
const PROCESS = 32_000_000
/** Messages between threads. */
const MESSAGES = 9000
/** Arrays begin at cache lines. */
const LINE = 64

/** Rows that go through the networks of one thread at once. */
const rowsAtOnce = ({ envs, steps, minibatches, shards }: PpoConfig, threads: number): number => {
  const own = Math.ceil(shards / threads)
  return Math.max(Math.ceil((((envs * steps) / minibatches) * own) / shards), envs)
}

/**
 * Bytes of the arrays that a plan lays out in one memory, which in WebAssembly has 4 GiB at most.
 * With P parameters, S = envs · steps samples, K = epochs · minibatches, C shards, N threads, R rows
 * that a thread takes through its networks at once, and w the widest layer:
 *
 * - learners: 12 P, 12 P a thread beside the first, 8 P a thread, and gradients: 4 P C min(N, 2)
 * - batch: S (4 f + 4 a + 16), and the record of the rollout: S (4 f + 4 a + 18)
 * - order and losses: 4 S epochs + 40 K C + 8 K
 * - activations a thread: 4 R f + 8 R U + 8 R o + 4 W, and scratch 4 (w max(R, w) + 8 max(R, w))
 */
export const planBytes = (config: PpoConfig, size: NetworkSize, threads: number): number => {
  const { envs, steps, epochs, minibatches, shards, normalise } = config
  const { params, features, actions, units, outputs, weights, width, layers } = size
  const samples = envs * steps
  const optimiserSteps = epochs * minibatches
  const turns = Math.min(threads, 2)
  const rows = rowsAtOnce(config, threads)
  const learners = 3 * F32 * params * threads + 2 * F32 * params * threads
  const grads = turns * shards * (F32 * params + LINE)
  const batch = samples * F32 * (features + actions + 4)
  const record = samples * (F32 * (features * (normalise.observation ? 2 : 1) + actions + 4) + 2)
  const orders = I32 * epochs * samples
  const losses = F64 * (5 * optimiserSteps * shards + optimiserSteps)
  const scratch = F32 * (width * Math.max(rows, width) + 8 * Math.max(rows, width))
  const activations =
    F32 * rows * (features + 2 * units + 2 * outputs) + F32 * (weights - size.firstWeights)
  const lines = LINE * (16 + threads * (12 + 2 * layers))
  return (
    MESSAGES +
    learners +
    grads +
    batch +
    record +
    orders +
    losses +
    threads * (scratch + activations) +
    lines
  )
}

/** Bytes beside a plan: what JavaScript keeps of views, environments, trajectories and states. */
const besidePlan = (config: PpoConfig, size: NetworkSize, threads: number): number => {
  const { envs, steps, epochs, minibatches, shards, normalise } = config
  const { features, actions, layers } = size
  const samples = envs * steps
  // The trajectory, what is computed of it, and statistics in f64.
  const trajectory = samples * (F32 * (features + actions) + 64)
  const shown = normalise.observation ? samples * features * (F32 + F64) : 0
  return (
    trajectory +
    shown +
    epochs * minibatches * LOSSES +
    Math.min(threads, 2) * shards * (4 * layers + 2) * VIEW +
    envs * (ENVIRONMENT + F64 * features * 4)
  )
}

/** Bytes where every step goes as it is written, in tensors, an array an operation. */
const asWritten = (config: PpoConfig, size: NetworkSize): number => {
  const { envs, steps, epochs, minibatches, shards } = config
  const { params, features, actions, units, outputs } = size
  const samples = envs * steps
  const rows = Math.max(Math.ceil(samples / minibatches / shards), envs)
  // A step's rows, then all of them joined, then the order of an epoch and a minibatch of it.
  const trajectory = samples * (F32 * (5 * features + 2 * actions + outputs) + 128)
  const moments = steps * 12 * TENSOR
  const activations = F32 * rows * (2 * features + 6 * units + 8 * outputs)
  // Lists of losses, each one longer than the last, await collection.
  const told = epochs * minibatches * LOSSES
  return (
    trajectory +
    moments +
    activations +
    told +
    samples * outputs * F32 +
    F32 * params * (2 * 2 + 8) +
    envs * (ENVIRONMENT + F64 * features * 4)
  )
}

/** Peak bytes of training with a config, over all threads. */
export const learningBytes = (
  config: PpoConfig,
  size: NetworkSize,
  how: { readonly threads: number; readonly isPlanned: boolean },
): number => {
  // The state, the one before it, their bytes while they are hashed and kept, the first weights.
  const states = PROCESS + F32 * size.params * 16
  if (!how.isPlanned) return states + asWritten(config, size)
  const { threads } = how
  return (
    states +
    planBytes(config, size, threads) +
    besidePlan(config, size, threads) +
    (threads - 1) * THREAD
  )
}

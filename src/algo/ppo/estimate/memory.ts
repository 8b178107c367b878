import type { PpoConfig } from '../config.ts'
import type { NetworkSize } from './networkSize.ts'

const [F32, F64, I32] = [4, 8, 4]

/** Heap of an environment: its slot, state and key, now and a step ago. */
const ENVIRONMENT = 1500
/** Heap of one view of an array. */
const VIEW = 200
/** Heap of the losses of one optimiser step. */
const LOSSES = 250
/** Memory of an idle thread. */
const THREAD = 20_000_000
/** Baseline of a process: code, and garbage that is not collected yet. */
const PROCESS = 32_000_000
/** Messages between threads. */
const MESSAGES = 9000
/** Arrays begin at cache lines. */
const LINE = 64

/** How many numbers of scratch the largest product takes. */
const scratchOf = (config: PpoConfig, { width, outputs }: NetworkSize): number => {
  const { envs, steps, minibatches, shards, hidden, valueHidden } = config
  const shard = Math.ceil((envs * steps) / minibatches / shards)
  const inner = Math.max(1, ...hidden, ...(valueHidden ?? []))
  return Math.max(width * shard + 8 * shard, inner * Math.max(inner, outputs) + 8 * inner) + 32
}

/**
 * Bytes of the arrays that an agent lays out in one memory, which in WebAssembly has 4 GiB at most.
 * With P parameters, S = envs · steps samples, n of them a minibatch, K = epochs · minibatches, C shards,
 * N threads of which min(N, 2) sets of gradients are kept, R rows that a thread takes through its
 * networks at once, E environments that it acts in, U units and o parameters of the distribution:
 *
 * - shared: learner 12 P, gradients 4 P C min(N, 2), rollouts S (4 f + 4 a + 18), samples
 *   S (4 f + 4 a + 16), order 4 S epochs, losses 48 K C
 * - a thread: learner 12 P beside the first, steps 12 P min(N, 2), samples R (4 f + 4 a + 12) + 12 n,
 *   activations 4 (R + E) (U + 3 o), their gradients 8 R U min(N, 2), and scratch
 * - each rule that looks at a whole batch: its numbers, and activations of its own
 */
export const planBytes = (config: PpoConfig, size: NetworkSize, threads: number): number => {
  const { envs, steps, epochs, minibatches, shards, normalise, klPenalty, klStop } = config
  const { params, features, actions, units, outputs, layers } = size
  const samples = envs * steps
  const n = samples / minibatches
  const optimiserSteps = epochs * minibatches
  const turns = Math.min(threads, 2)
  // On the average: threads share the rows of a minibatch.
  const rows = n / threads
  const acting = envs / threads
  const compares =
    klPenalty.kind !== 'none' ||
    config.learningRateSchedule === 'adaptive' ||
    (klStop.target !== null && klStop.estimator === 'exact')
  const seen = normalise.observation ? 2 : 1
  const sweeps = [compares, klPenalty.kind === 'adaptive', config.recomputeAdvantages].filter(
    Boolean,
  ).length
  const shared =
    3 * F32 * params +
    turns * shards * (F32 * params + LINE) +
    samples * (F32 * (features * (seen + 1) + 2 * actions + 8) + 2) +
    samples * F32 * ((compares ? outputs : 0) + sweeps) +
    I32 * epochs * samples +
    F64 * (5 * optimiserSteps * shards + optimiserSteps)
  const forward = F32 * (units + 3 * outputs + 4)
  const own =
    (shards > 1 ? 3 : 2) * turns * F32 * params +
    rows * F32 * (features + actions + 3) +
    3 * F32 * n +
    acting * (F32 * features * seen + forward + F32 * (units / 2)) +
    rows * (forward + F32 * (2 * outputs + 2)) +
    turns * rows * F32 * 2 * units +
    sweeps * rows * (F32 * features + forward) +
    F32 * scratchOf(config, size)
  const lines = LINE * (10 + threads * (10 + 2 * layers))
  return MESSAGES + shared + threads * own + (threads - 1) * 3 * F32 * params + lines
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

/** Peak bytes of training with a config, over all threads. */
export const learningBytes = (config: PpoConfig, size: NetworkSize, threads: number): number => {
  // The state, the one before it, their bytes while they are hashed and kept, the first weights.
  const states = PROCESS + F32 * size.params * 16
  return (
    states +
    planBytes(config, size, threads) +
    besidePlan(config, size, threads) +
    (threads - 1) * THREAD
  )
}

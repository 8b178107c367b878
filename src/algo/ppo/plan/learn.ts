import { f64 } from '../../../math/real.ts'
import type { Arithmetic } from '../../../kernel/kernels.ts'
import { foldIn, type Key } from '../../../random/key.ts'
import { permutation } from '../../../random/permutation.ts'
import { clippedSurrogateTerm } from '../../../rl/loss/clippedSurrogate.ts'
import { valueTerm } from '../../../rl/loss/value.ts'
import { expectFinite, located } from '../../../tensor/check.ts'
import { data, own } from '../../../tensor/tensor.ts'
import type { PpoConfig } from '../config.ts'
import { learningRate } from '../learner.ts'
import { shardRange } from '../shards.ts'
import { LOSSES, type Arrays } from './arrays.ts'
import type { Crew } from './crew.ts'
import { ownRows, ownShards, type Networks } from './networks.ts'

/** Where the optimiser stands when an update begins. */
export interface LearnJob {
  readonly key: Key
  readonly count: number
  readonly beta1Power: number
  readonly beta2Power: number
}

/**
 * `update` over arrays laid out beforehand and to the same bits, by all threads of a crew in step:
 * each takes its shards forward and back; then its part of the parameters: their gradients added
 * up in the order of the shards, clipped, and Adam's step.
 */
export const plannedLearn = (
  config: PpoConfig,
  arithmetic: Arithmetic,
  arrays: Arrays,
  { x, actor, critic, dist }: Networks,
  crew: Crew,
  features: number,
  explain: (gradNorm: number) => void,
) => {
  const { vector, adam } = arithmetic
  const { grads, step, losses, gradNorm, order } = arrays
  const samples = config.envs * config.steps
  const n = samples / config.minibatches
  const [first, end] = ownRows(config, crew, n)
  const rows = end - first
  const [firstShard, endShard] = ownShards(config, crew)
  const shardRows = Array.from({ length: endShard - firstShard }, (_, i) =>
    shardRange(n, config.shards, firstShard + i).map((row) => row - first),
  )
  const rateOf = learningRate(config)
  const surrogate = clippedSurrogateTerm(config)
  const value = valueTerm(config)
  const fround = Math.fround

  // This thread's part of the parameters, whole vectors of them.
  const share = (of: number): number =>
    of === crew.size ? step.length : Math.floor((of * step.length) / crew.size / 16) * 16
  const own32 = (all: Float32Array) => all.subarray(share(crew.rank), share(crew.rank + 1))
  const [ownGrads, ownStep] = [grads.map(own32), own32(step)]
  const [ownM, ownV, ownParams] = [own32(arrays.m), own32(arrays.v), own32(arrays.params)]

  const action = new Int32Array(rows)
  const advantage = new Float32Array(rows)
  const dLogProb = new Float32Array(rows)

  /** The samples of this thread's rows, their advantages normalised over the whole minibatch. */
  const gather = (at: number): void => {
    for (let i = 0; i < rows; i++) {
      const sample = order[at + first + i]!
      for (let j = 0; j < features; j++)
        x[i * features + j] = arrays.observation[sample * features + j]!
      action[i] = arrays.action[sample]!
      advantage[i] = arrays.advantage[sample]!
    }
    const { normalise, ddof, epsilon } = config.advantage
    if (normalise === 'none') return
    let sum = 0
    for (let i = at; i < at + n; i++) sum += arrays.advantage[order[i]!]!
    const center = sum / n
    let squares = 0
    for (let i = at; i < at + n; i++) {
      const d = arrays.advantage[order[i]!]! - center
      squares += d * d
    }
    const std = Math.sqrt(squares / (n - ddof))
    for (let i = 0; i < rows; i++) advantage[i] = (advantage[i]! - center) / (std + epsilon)
  }

  /** Losses of rows [from, to), and their derivatives in logProb and value. */
  const lossOf = (from: number, to: number, at: number, out: number): void => {
    let policySum = 0
    let valueSum = 0
    let entropySum = 0
    let klSum = 0
    let outside = 0
    for (let i = from; i < to; i++) {
      const sample = order[at + first + i]!
      const logRatio = dist.logProb[i]! - arrays.oldLogProb[sample]!
      const ratio = f64.exp(logRatio)
      policySum += fround(surrogate.value(ratio, advantage[i]!))
      dLogProb[i] = fround(surrogate.grad(ratio, advantage[i]!)) * (-1 / n)
      const v = critic.out[i]!
      const old = arrays.oldValue[sample]!
      const target = arrays.returns[sample]!
      valueSum += fround(value.value(v, old, target))
      critic.dOut[i] = fround(value.grad(v, old, target)) * (config.valueCoef / n)
      entropySum += dist.entropy[i]!
      klSum += Math.max(0, ratio - 1 - logRatio)
      if (ratio < 1 - config.clip || ratio > 1 + config.clip) outside++
    }
    const count = to - from
    const weight = count / n
    losses[out] = -(policySum / count) * weight
    losses[out + 1] = (valueSum / count) * weight
    losses[out + 2] = (entropySum / count) * weight
    losses[out + 3] = (klSum / count) * weight
    losses[out + 4] = (outside / count) * weight
  }

  const differentiate = (minibatch: number, at: number): void => {
    gather(at)
    actor.forward(rows)
    critic.forward(rows)
    dist.evaluate(rows)
    dist.score(action, rows)
    dist.measure(rows)
    shardRows.forEach(([from, to], i) => {
      const shard = minibatch * config.shards + firstShard + i
      lossOf(from!, to!, at, shard * LOSSES.length)
    })
    dist.backward(actor.dOut, action, dLogProb, -config.entropyCoef / n, rows)
    actor.backward(rows)
    critic.backward(rows)
  }

  /** Moves this thread's parameters against the gradient, which is not written to: all read it. */
  const move = (
    minibatch: number,
    job: { count: number; power1: number; power2: number },
  ): void => {
    const norm = Math.sqrt(vector.sumSquares(grads[0]!))
    if (crew.rank === 0) gradNorm[minibatch] = norm
    if (!Number.isFinite(norm)) {
      // All threads see it; the first one says it, and they hear of it at the barrier.
      if (crew.rank === 0) explain(norm)
      return
    }
    if (norm > config.maxGradNorm) vector.scale(ownStep, ownGrads[0]!, config.maxGradNorm / norm)
    const { beta1, beta2, epsilon } = config.adam
    adam(ownStep, ownM, ownV, norm > config.maxGradNorm ? ownStep : ownGrads[0]!, ownM, ownV, {
      beta1,
      beta2,
      epsilon,
      learningRate: rateOf(job.count),
      correction1: 1 - job.power1,
      correction2: 1 - job.power2,
    })
    vector.add(ownParams, ownParams, ownStep)
    // A finite sum of squares has finite terms; a sum that is not may only be large.
    if (!Number.isFinite(vector.sumSquares(ownParams))) arrays.broken[0] = 1
  }

  const expectFiniteParams = (): void => {
    if (arrays.broken[0] === 0) return
    crew.barrier()
    const { params } = arrays
    if (crew.rank === 0) {
      arrays.broken[0] = 0
      expectFinite('parameters', own(['param'], [params.length], params))
    }
    crew.barrier()
  }

  return ({ key, count, beta1Power, beta2Power }: LearnJob): void => {
    for (let epoch = crew.rank; epoch < config.epochs; epoch += crew.size)
      order.set(data(permutation(foldIn(key, epoch), 'sample', samples)), epoch * samples)
    crew.barrier()
    const job = { count, power1: beta1Power, power2: beta2Power }
    for (let epoch = 0; epoch < config.epochs; epoch++)
      for (let part = 0; part < config.minibatches; part++)
        try {
          const minibatch = epoch * config.minibatches + part
          differentiate(minibatch, epoch * samples + part * n)
          crew.barrier()
          for (let shard = 1; shard < config.shards; shard++)
            vector.add(ownGrads[0]!, ownGrads[0]!, ownGrads[shard]!)
          crew.barrier()
          job.power1 *= config.adam.beta1
          job.power2 *= config.adam.beta2
          move(minibatch, job)
          job.count++
          crew.barrier()
          expectFiniteParams()
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
  }
}

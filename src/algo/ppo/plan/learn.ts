import { f64 } from '../../../math/real.ts'
import type { Arithmetic } from '../../../kernel/kernels.ts'
import { kernelEpsilon } from '../../../optim/adam.ts'
import type { Key } from '../../../random/key.ts'
import { permutation } from '../../../random/permutation.ts'
import type { SurrogateTerm } from '../../../rl/loss/perSample.ts'
import { surrogateTerm } from '../../../rl/loss/surrogate.ts'
import { valueTerm, type ValueTerm } from '../../../rl/loss/value.ts'
import { whiteningScale } from '../../../rl/whiten.ts'
import { expectFinite, located } from '../../../tensor/check.ts'
import { data, own } from '../../../tensor/tensor.ts'
import type { PpoConfig } from '../config.ts'
import { shardRange } from '../../shards.ts'
import { shuffleKey } from '../update.ts'
import { LOSSES, type Arrays, type OwnLearner, type Sizes } from './arrays.ts'
import type { Crew } from './crew.ts'
import { ownRows, ownShards, type Networks } from './networks.ts'

/** Throws what is wrong with a gradient whose norm is not finite. */
export type Explain = (gradNorm: number, grad: Float32Array) => void

/** Where the optimiser stands when an update begins. */
export interface LearnJob {
  readonly key: Key
  readonly learningRate: number
  /** ε */
  readonly clip: number
  readonly valueClip: number | null
  readonly beta1Power: number
  readonly beta2Power: number
}

/** What is climbed in an update. */
interface Objective {
  readonly surrogate: SurrogateTerm
  readonly value: ValueTerm
  readonly clip: number
  readonly valueClip: number | null
}

const objectiveOf = (config: PpoConfig, clip: number, valueClip: number | null): Objective => ({
  surrogate: surrogateTerm({ ...config, clip }),
  value: valueTerm({ ...config, valueClip }),
  clip,
  valueClip,
})

/**
 * `update` over arrays laid out beforehand and to the same bits, by all threads of a crew in step.
 * Each takes its shards forward and back and then, when all gradients are there, adds them up in
 * the order of the shards and takes the optimiser's step, as all the others do: that costs little,
 * and what one has made no other has to wait for.
 */
export const plannedLearn = (
  config: PpoConfig,
  arithmetic: Arithmetic,
  arrays: Arrays,
  { params, m, v, grad, step }: OwnLearner,
  { x, actor, critic, dist }: Networks,
  crew: Crew,
  sizes: Sizes,
  explain: Explain,
) => {
  const { vector, adam } = arithmetic
  const { grads, losses, gradNorm, order } = arrays
  const samples = config.envs * config.steps
  const n = samples / config.minibatches
  const [first, end] = ownRows(config, crew, n)
  const rows = end - first
  const [firstShard, endShard] = ownShards(config, crew)
  const shardRows = Array.from({ length: endShard - firstShard }, (_, i) =>
    shardRange(n, config.shards, firstShard + i).map((row) => row - first),
  )
  const scaleOf = whiteningScale(config.advantage)
  let objective = objectiveOf(config, config.clip, config.valueClip)
  const fround = Math.fround

  const { actions, observations: features } = sizes
  const action = arrays.action.slice(0, rows * actions)
  const advantage = new Float32Array(rows)
  const dLogProb = new Float32Array(rows)

  /** The samples of this thread's rows, their advantages normalised over the whole minibatch. */
  const collect = (at: number): void => {
    for (let i = 0; i < rows; i++) {
      const sample = order[at + first + i]!
      for (let j = 0; j < features; j++)
        x[i * features + j] = arrays.observation[sample * features + j]!
      for (let j = 0; j < actions; j++)
        action[i * actions + j] = arrays.action[sample * actions + j]!
      advantage[i] = arrays.advantage[sample]!
    }
    if (config.advantage.normalise !== 'minibatch') return
    let sum = 0
    for (let i = at; i < at + n; i++) sum += arrays.advantage[order[i]!]!
    const center = sum / n
    let squares = 0
    for (let i = at; i < at + n; i++) {
      const d = arrays.advantage[order[i]!]! - center
      squares += d * d
    }
    const scale = scaleOf(n, squares)
    for (let i = 0; i < rows; i++) advantage[i] = (advantage[i]! - center) / scale
  }

  /** Losses of rows [from, to), and their derivatives in logProb and value. */
  const lossOf = (from: number, to: number, at: number, out: number): void => {
    const { surrogate, value, clip } = objective
    let policySum = 0
    let valueSum = 0
    let entropySum = 0
    let klSum = 0
    let outside = 0
    for (let i = from; i < to; i++) {
      const sample = order[at + first + i]!
      const logRatio = dist.logProb[i]! - arrays.oldLogProb[sample]!
      const ratio = f64.exp(logRatio)
      const now = dist.logProb[i]!
      policySum += fround(surrogate.value(ratio, advantage[i]!, now))
      dLogProb[i] = fround(surrogate.grad(ratio, advantage[i]!, now)) * (-1 / n)
      const v = critic.out[i]!
      const old = arrays.oldValue[sample]!
      const target = arrays.returns[sample]!
      valueSum += fround(value.value(v, old, target))
      critic.dOut[i] = fround(value.grad(v, old, target)) * (config.valueCoef / n)
      entropySum += dist.entropy[i]!
      klSum += Math.max(0, ratio - 1 - logRatio)
      if (ratio < 1 - clip || ratio > 1 + clip) outside++
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
    collect(at)
    actor.forward(rows)
    critic.forward(rows)
    dist.evaluate(rows)
    dist.score(action, rows)
    dist.measure(rows)
    shardRows.forEach(([from, to], i) => {
      const shard = minibatch * config.shards + firstShard + i
      lossOf(from!, to!, at, shard * LOSSES.length)
    })
    const turn = minibatch % grads.length
    dist.backward(actor.dOut, action, dLogProb, -config.entropyCoef / n, rows, turn)
    actor.backward(rows, turn)
    critic.backward(rows, turn)
  }

  /** The gradient of a minibatch: that of its shards, added up in their order. */
  const gather = (minibatch: number): Float32Array => {
    const shards = grads[minibatch % grads.length]!
    if (shards.length === 1) return shards[0]!
    vector.add(grad, shards[0]!, shards[1]!)
    for (let shard = 2; shard < shards.length; shard++) vector.add(grad, grad, shards[shard]!)
    return grad
  }

  /** All threads see what is not finite. The first one says it, and the others hear of it here. */
  const expectFor = (isFinite: boolean, tell: () => void): void => {
    if (isFinite) return
    if (crew.rank === 0) tell()
    crew.barrier()
  }

  const move = (
    minibatch: number,
    job: { readonly learningRate: number; power1: number; power2: number },
  ): void => {
    const total = gather(minibatch)
    const norm = Math.sqrt(vector.sumSquares(total))
    if (crew.rank === 0) gradNorm[minibatch] = norm
    expectFor(Number.isFinite(norm), () => explain(norm, total))
    const isLong = config.gradClip === 'global' && norm > config.maxGradNorm
    if (isLong) vector.scale(step, total, config.maxGradNorm / norm)
    const { beta1, beta2 } = config.adam
    const correction2 = 1 - job.power2
    adam(step, m, v, isLong ? step : total, m, v, {
      beta1,
      beta2,
      epsilon: kernelEpsilon(config.adam, correction2),
      learningRate: job.learningRate,
      correction1: 1 - job.power1,
      correction2,
    })
    vector.add(params, params, step)
    // A finite sum of squares has finite terms; a sum that is not may only be large.
    expectFor(Number.isFinite(vector.sumSquares(params)), () =>
      expectFinite('parameters', own(['param'], [params.length], params)),
    )
  }

  return ({ key, learningRate, clip, valueClip, beta1Power, beta2Power }: LearnJob): void => {
    // The same functions as long as they can be: the engine makes faster code of those it knows.
    if (clip !== objective.clip || valueClip !== objective.valueClip)
      objective = objectiveOf(config, clip, valueClip)
    for (let epoch = crew.rank; epoch < config.epochs; epoch += crew.size)
      order.set(
        data(permutation(shuffleKey(config, key, epoch), 'sample', samples)),
        epoch * samples,
      )
    crew.barrier()
    const job = { learningRate, power1: beta1Power, power2: beta2Power }
    for (let epoch = 0; epoch < config.epochs; epoch++)
      for (let part = 0; part < config.minibatches; part++)
        try {
          const minibatch = epoch * config.minibatches + part
          differentiate(minibatch, epoch * samples + part * n)
          crew.barrier()
          job.power1 *= config.adam.beta1
          job.power2 *= config.adam.beta2
          move(minibatch, job)
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
  }
}

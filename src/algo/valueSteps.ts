import type { Runtime } from '../engine/runtime.ts'
import type { Task } from '../engine/task.ts'
import { foldIn, type Key } from '../random/key.ts'
import { permutation } from '../random/permutation.ts'
import type { Transform } from '../optim/transform.ts'
import { located } from '../tensor/check.ts'
import { data, type Numbers } from '../tensor/tensor.ts'
import type { AgentLayout } from './agentLayout.ts'
import { descent } from './descent.ts'
import { valueObjective } from './objective.ts'
import type { Policy } from './policy.ts'

/** How V learns when the policy learns separately. */
export interface ValueStepsConfig {
  readonly envs: number
  readonly steps: number
  readonly shards: number
  /** passes over the batch */
  readonly valueEpochs: number
  /** optimiser steps per pass; divides the batch */
  readonly valueMinibatches: number
}

/** Moves V towards the returns. */
export interface ValueSteps {
  readonly run: (key: Key) => Task<void>
  /** the mean loss over the steps of the last run */
  readonly loss: () => number
  /** arrays that `loss` reads */
  readonly read: readonly Numbers[]
}

/**
 * Steps of V's own optimiser down mean ½ (V − G)², which leave the policy's parameters alone.
 *
 * @param norm the norm that the transform measures, among the learner's cells
 */
export const valueSteps = <O>(
  runtime: Runtime,
  { batch, learner, rates }: AgentLayout<O>,
  { envs, steps: time, shards, valueEpochs, valueMinibatches }: ValueStepsConfig,
  policy: Policy,
  transform: Transform<O>,
  norm: Float64Array,
): ValueSteps => {
  const samples = envs * time
  const n = samples / valueMinibatches
  const order = runtime.own.integers(samples)
  const count = valueEpochs * valueMinibatches
  const steps = descent(runtime, {
    batch,
    fields: ['observation', 'returns'],
    order,
    n,
    steps: count,
    shards,
    objective: valueObjective(policy),
    transform,
    learner,
    losses: ['valueLoss'] as const,
    norm,
  })
  return {
    read: steps.read,
    run: function* (key) {
      rates.trainable = 'value'
      for (let epoch = 0; epoch < valueEpochs; epoch++) {
        order.set(data(permutation(foldIn(key, epoch), 'sample', samples)))
        for (let part = 0; part < valueMinibatches; part++)
          try {
            const step = epoch * valueMinibatches + part
            yield* steps.forward(part * n, step)
            yield* steps.descend(step)
          } catch (error) {
            throw located(`value: epoch ${epoch}: minibatch ${part}`, error)
          }
      }
    },
    loss: () => {
      let total = 0
      for (let step = 0; step < count; step++) total += steps.metrics(step).valueLoss
      return total / count
    },
  }
}

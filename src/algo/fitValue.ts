import { foldIn, type Key } from '../random/key.ts'
import { permutation } from '../random/permutation.ts'
import { valueLoss, valueLossGrad } from '../rl/loss/value.ts'
import { located } from '../tensor/check.ts'
import { map, mean, scale } from '../tensor/elementwise.ts'
import { data, type Numbers } from '../tensor/tensor.ts'
import type { Learner, LearnerParts } from './learner.ts'
import type { Samples } from './samples.ts'
import { subset } from './samples.ts'
import { takeStep } from './takeStep.ts'

/** How V learns by itself, where the policy learns otherwise. */
export interface FitValueConfig {
  /** passes over the batch */
  readonly valueEpochs: number
  /** optimiser steps a pass; divides the batch */
  readonly valueMinibatches: number
  readonly valueLearningRate: number
}

const PLAIN = { valueClip: null }

/**
 * Moves V towards the returns by steps of Adam down mean ½ (V − G)², and leaves the policy's
 * parameters alone. Returns the mean loss over the steps.
 */
export const fitValue =
  (
    { valueEpochs, valueMinibatches, valueLearningRate }: FitValueConfig,
    { policy, optimizer }: LearnerParts,
  ) =>
  (batch: Samples, key: Key) =>
  (start: Learner): [number, Learner] => {
    const size = { learningRate: 0, valueLearningRate, moves: 'value' } as const
    const step = takeStep(policy.kernels, optimizer(size))
    const samples = batch.observation.shape[0]
    const n = samples / valueMinibatches
    let learner = start
    let total = 0
    for (let epoch = 0; epoch < valueEpochs; epoch++) {
      const order = data(permutation(foldIn(key, epoch), 'sample', samples)) as Numbers
      for (let part = 0; part < valueMinibatches; part++)
        try {
          const mb = subset(batch, Int32Array.from(order.subarray(part * n, (part + 1) * n)))
          const [{ dist, value }, cache] = policy.forward(learner.params, mb.observation)
          total += mean(valueLoss(PLAIN)(value, mb))
          const dValue = scale(valueLossGrad(PLAIN)(value, mb), 1 / n)
          const grads = policy.backward(cache, { dDist: map(dist, () => 0), dValue })
          learner = step(grads)(learner)[1]
        } catch (error) {
          throw located(`value: epoch ${epoch}: minibatch ${part}`, error)
        }
    }
    return [total / (valueEpochs * valueMinibatches), learner]
  }

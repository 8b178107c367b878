import { foldIn, type Key } from '../../random/key.ts'
import { permutation } from '../../random/permutation.ts'
import { located } from '../../tensor/check.ts'
import { data, type Numbers } from '../../tensor/tensor.ts'
import type { PpoConfig } from './config.ts'
import type { Learner, LearnerParts } from './learner.ts'
import { minibatchStep, type LossMetrics } from './minibatch.ts'
import { subset, type Samples } from './samples.ts'

/** Means over the steps of an update. */
export const meanOf = (all: readonly LossMetrics[]): LossMetrics => {
  const average = (field: keyof LossMetrics): number =>
    all.reduce((sum, metrics) => sum + metrics[field], 0) / all.length
  return {
    policyLoss: average('policyLoss'),
    valueLoss: average('valueLoss'),
    entropy: average('entropy'),
    approxKl: average('approxKl'),
    clipFraction: average('clipFraction'),
    gradNorm: average('gradNorm'),
  }
}

/**
 * K epochs over a batch, each in an order of its own, cut into equal minibatches with one
 * optimiser step each. Metrics are means over all those steps.
 */
export const update =
  (config: PpoConfig, parts: LearnerParts) =>
  (batch: Samples, key: Key) =>
  (start: Learner): [LossMetrics, Learner] => {
    const step = minibatchStep(config, parts)
    const samples = batch.action.shape[0]
    const width = samples / config.minibatches
    const metrics: LossMetrics[] = []
    let learner = start
    for (let epoch = 0; epoch < config.epochs; epoch++) {
      const order = data(permutation(foldIn(key, epoch), 'sample', samples)) as Numbers
      for (let part = 0; part < config.minibatches; part++) {
        const rows = Int32Array.from(order.subarray(part * width, (part + 1) * width))
        try {
          const [stepMetrics, next] = step(subset(batch, rows))(learner)
          metrics.push(stepMetrics)
          learner = next
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
      }
    }
    return [meanOf(metrics), learner]
  }

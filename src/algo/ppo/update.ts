import { foldIn, type Key } from '../../random/key.ts'
import { permutation } from '../../random/permutation.ts'
import { located } from '../../tensor/check.ts'
import { data, own, take, type Numbers } from '../../tensor/tensor.ts'
import type { PpoConfig } from './config.ts'
import { minibatchStep, type LossMetrics, type Samples } from './minibatch.ts'
import type { Learner, Parts } from './parts.ts'

const subset = (samples: Samples, index: Int32Array): Samples => {
  const rows = own(['sample'], [index.length], index)
  return {
    observation: take(samples.observation, rows),
    action: take(samples.action, rows),
    oldLogProb: take(samples.oldLogProb, rows),
    oldValue: take(samples.oldValue, rows),
    advantage: take(samples.advantage, rows),
    returns: take(samples.returns, rows),
  }
}

const meanOf = (all: readonly LossMetrics[]): LossMetrics => {
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
  <S>(config: PpoConfig, parts: Parts<S>) =>
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

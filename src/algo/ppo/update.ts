import { foldIn, type Key } from '../../random/key.ts'
import { permutation } from '../../random/permutation.ts'
import { located } from '../../tensor/check.ts'
import { data, type Numbers } from '../../tensor/tensor.ts'
import type { PolicyParams } from '../policy.ts'
import type { PpoConfig } from './config.ts'
import { comparesDists, klRules, withOldDist } from './kl.ts'
import type { Learner, LearnerParts, StepSize } from '../learner.ts'
import { minibatchStep, type LossMetrics } from './minibatch.ts'
import type { Rates } from './rates.ts'
import { subset, type Samples } from '../samples.ts'

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

/** The samples of an epoch, by the parameters at its start; the first takes the batch as it is. */
export type Refresh = (params: PolicyParams, batch: Samples) => Samples

/** The key of an epoch's order. */
export const shuffleKey = ({ shuffle }: Pick<PpoConfig, 'shuffle'>, key: Key, epoch: number): Key =>
  foldIn(key, shuffle === 'epoch' ? epoch : 0)

/** What an update has come to: who learns, by what steps, and who moves no more. */
interface Progress {
  readonly learner: Learner
  readonly metrics: readonly LossMetrics[]
  readonly size: StepSize
  readonly stopped: 'nothing' | 'policy' | 'all'
}

/**
 * K epochs over a batch, each in a new order or all in one, cut into equal minibatches with one
 * optimiser step each. Metrics are means over all those steps. Where the config says so, the KL
 * from the policy that acted sets the learning rate of a step, ends the update early, and sets the
 * weight of the penalty for the next one.
 *
 * @param rates those of this update
 */
export const update =
  (config: PpoConfig, parts: LearnerParts) =>
  (given: Samples, key: Key, rates: Rates, refresh: Refresh | null = null) =>
  (start: Learner): [LossMetrics, Learner] => {
    const { klStop, klPenalty, epochs, minibatches } = config
    const { clip, valueClip, beta, learningRate, valueLearningRate } = rates
    const { policy } = parts
    const step = minibatchStep(
      { ...config, clip, valueClip, klPenalty: { ...klPenalty, beta } },
      parts,
    )
    const rules = klRules(config, policy)
    const stopping = klStop.scope === 'both' ? 'all' : 'policy'

    const minibatch = (now: Progress, samples: Samples): Progress => {
      const { params } = now.learner
      const isEnd = klStop.when === 'minibatch' && rules.isTooFar(params, samples)
      const stopped = now.stopped === 'nothing' && isEnd ? stopping : now.stopped
      // The first step is always taken: before it the KL is that of rounding.
      if (stopped === 'all' && now.metrics.length > 0) return { ...now, stopped }
      const size: StepSize = {
        learningRate:
          stopped === 'policy'
            ? now.size.learningRate
            : rules.rate(now.size.learningRate, params, samples),
        valueLearningRate,
        moves: stopped === 'policy' ? 'value' : 'all',
      }
      const [metrics, learner] = step(samples, size)(now.learner)
      return { learner, metrics: [...now.metrics, metrics], size, stopped }
    }

    const batch = comparesDists(config) ? withOldDist(policy, start.params, given) : given
    const samples = batch.observation.shape[0]
    const width = samples / minibatches
    let now: Progress = {
      learner: start,
      metrics: [],
      size: { learningRate, valueLearningRate, moves: 'all' },
      stopped: 'nothing',
    }
    for (let epoch = 0; epoch < epochs && now.stopped !== 'all'; epoch++) {
      const fresh = epoch === 0 || refresh === null ? batch : refresh(now.learner.params, batch)
      const order = data(permutation(shuffleKey(config, key, epoch), 'sample', samples)) as Numbers
      let [last, before] = [batch, now.learner.params]
      for (let part = 0; part < minibatches && now.stopped !== 'all'; part++)
        try {
          last = subset(fresh, Int32Array.from(order.subarray(part * width, (part + 1) * width)))
          before = now.learner.params
          now = minibatch(now, last)
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
      if (now.stopped === 'nothing' && klStop.when === 'epoch' && rules.isTooFar(before, last))
        now = { ...now, stopped: stopping }
    }
    const { learner, metrics, size } = now
    const tuned = learner.tuned && {
      learningRate: size.learningRate,
      beta: rules.beta(beta, learner.params, batch),
    }
    return [meanOf(metrics), { ...learner, tuned }]
  }

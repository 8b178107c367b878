import { decodeWith, type Decode, type Relation } from '../decodeWith.ts'
import { oneUpdate, ownLayers, startWithin, twoSamples } from '../relations.ts'
import { ppoConfig } from './codec.ts'
import type { PpoConfig } from './config.ts'

/** The largest number of equal minibatches that have two samples or more. */
const mostMinibatches = (batch: number): number => {
  for (let n = 2; n * n <= batch; n++) if (batch % n === 0) return batch / n
  return 1
}

const relations: ReadonlyArray<Relation<PpoConfig>> = [
  {
    reads: ['envs', 'steps', 'minibatches', 'shards', 'advantage.normalise'],
    check: ({ envs, steps, minibatches, shards, advantage }) => {
      const batch = envs * steps
      const n = batch / minibatches
      if (advantage.normalise === 'minibatch' && batch < 2)
        return {
          path: 'steps',
          expected: 'envs · steps of at least 2, so that a minibatch has two samples to normalise',
          got: batch,
        }
      if (!Number.isInteger(n))
        return {
          path: 'minibatches',
          expected: `a divisor of envs · steps = ${batch}`,
          got: minibatches,
        }
      if (advantage.normalise === 'minibatch' && n < 2)
        return {
          path: 'minibatches',
          expected: `at most ${mostMinibatches(batch)}, so that a minibatch has two samples to normalise`,
          got: minibatches,
        }
      if (n < shards)
        return { path: 'shards', expected: `at most the ${n} samples of a minibatch`, got: shards }
      return null
    },
  },
  twoSamples,
  oneUpdate,
  {
    reads: ['adaptiveRate.min', 'adaptiveRate.max'],
    check: ({ adaptiveRate: { min, max } }) =>
      min > max
        ? { path: 'adaptiveRate.min', expected: `at most adaptiveRate.max = ${max}`, got: min }
        : null,
  },
  {
    reads: ['learningRate', 'learningRateSchedule', 'adaptiveRate.min', 'adaptiveRate.max'],
    check: ({ learningRate, learningRateSchedule, adaptiveRate: { min, max } }) =>
      learningRateSchedule === 'adaptive' &&
      min <= max &&
      (learningRate < min || learningRate > max)
        ? {
            path: 'learningRate',
            expected: `from adaptiveRate.min = ${min} to adaptiveRate.max = ${max} when it is adaptive`,
            got: learningRate,
          }
        : null,
  },
  ownLayers,
  startWithin,
  {
    reads: ['trunk', 'valueLearningRate'],
    check: ({ trunk, valueLearningRate }) =>
      trunk === 'shared' && valueLearningRate !== null
        ? {
            path: 'valueLearningRate',
            expected: 'null with a shared trunk: both losses update it',
            got: valueLearningRate,
          }
        : null,
  },
  {
    reads: ['trunk', 'gradClip'],
    check: ({ trunk, gradClip }) =>
      trunk === 'shared' && gradClip === 'each'
        ? {
            path: 'gradClip',
            expected: 'global, element or none with a shared trunk: both losses update it',
            got: gradClip,
          }
        : null,
  },
  {
    reads: ['trunk', 'klStop', 'valueLearningRate'],
    check: ({ trunk, klStop, valueLearningRate }) =>
      klStop.target !== null &&
      klStop.scope === 'policy' &&
      (trunk === 'shared' || valueLearningRate === null)
        ? {
            path: 'klStop.scope',
            expected:
              'both, unless V has a separate network and valueLearningRate, with which it can continue',
            got: klStop.scope,
          }
        : null,
  },
]

/** Decodes a config from outside the program, or returns everything that is wrong with it. */
export const decodeConfig: Decode<PpoConfig> = decodeWith(ppoConfig, relations)

import { decodeWith, type Relation } from '../decodeWith.ts'
import { oneUpdate, ownLayers, twoSamples } from '../relations.ts'
import { ppoConfig, type PpoConfig } from './config.ts'

const relations: ReadonlyArray<Relation<PpoConfig>> = [
  {
    reads: ['envs', 'steps', 'minibatches', 'shards', 'advantage.normalise'],
    check: ({ envs, steps, minibatches, shards, advantage }) => {
      const batch = envs * steps
      const n = batch / minibatches
      if (!Number.isInteger(n))
        return {
          path: 'minibatches',
          expected: `a divisor of envs · steps = ${batch}`,
          got: minibatches,
        }
      if (advantage.normalise === 'minibatch' && n < 2)
        return {
          path: 'minibatches',
          expected: `at most ${batch / 2}, so that a minibatch has two samples to normalise`,
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
  ownLayers,
  {
    reads: ['trunk', 'valueLearningRate'],
    check: ({ trunk, valueLearningRate }) =>
      trunk === 'shared' && valueLearningRate !== null
        ? {
            path: 'valueLearningRate',
            expected: 'null where the trunk is shared: both move it',
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
            expected: 'global, element or none where the trunk is shared: both move it',
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
              'both, unless V has a network and a valueLearningRate of its own to go on with',
            got: klStop.scope,
          }
        : null,
  },
]

/** A config from the outside world, or all that is wrong with it. */
export const decodeConfig = decodeWith(ppoConfig, relations)

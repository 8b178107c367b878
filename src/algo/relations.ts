import type { LogStdConfig } from './actions.ts'
import type { Relation } from './decodeWith.ts'

interface Batch {
  readonly envs: number
  readonly steps: number
}

/** A run has an update. */
export const oneUpdate: Relation<Batch & { readonly totalSteps: number }> = {
  reads: ['envs', 'steps', 'totalSteps'],
  check: ({ envs, steps, totalSteps }) =>
    totalSteps < envs * steps
      ? {
          path: 'totalSteps',
          expected: `at least one update of envs · steps = ${envs * steps}`,
          got: totalSteps,
        }
      : null,
}

/** A batch that is whitened has a deviation. */
export const twoSamples: Relation<Batch & { readonly advantage: { readonly normalise: string } }> =
  {
    reads: ['envs', 'steps', 'advantage.normalise'],
    check: ({ envs, steps, advantage }) =>
      advantage.normalise === 'batch' && envs * steps < 2
        ? {
            path: 'steps',
            expected: 'at least 2, so that a batch has two samples to normalise',
            got: steps,
          }
        : null,
  }

/** V has layers of its own only where it has a network of its own. */
export const ownLayers: Relation<{
  readonly trunk: string
  readonly valueHidden: readonly number[] | null
}> = {
  reads: ['trunk', 'valueHidden'],
  check: ({ trunk, valueHidden }) =>
    trunk === 'shared' && valueHidden !== null
      ? {
          path: 'valueHidden',
          expected: 'null with a shared trunk: its layers are those of hidden',
          got: valueHidden,
        }
      : null,
}

/** min <= init <= max for log σ, since it has no gradient outside its bounds. */
export const startWithin: Relation<{ readonly logStd: LogStdConfig }> = {
  reads: ['logStd'],
  check: ({ logStd: { init, min = null, max = null } }) => {
    if (min !== null && max !== null && min > max)
      return { path: 'logStd.min', expected: `at most logStd.max = ${max}`, got: min }
    if (min !== null && init < min)
      return { path: 'logStd.init', expected: `at least logStd.min = ${min}`, got: init }
    if (max !== null && init > max)
      return { path: 'logStd.init', expected: `at most logStd.max = ${max}`, got: init }
    return null
  },
}

/** V's steps of its own cut the batch into equal parts. */
export const equalValueMinibatches: Relation<Batch & { readonly valueMinibatches: number }> = {
  reads: ['envs', 'steps', 'valueMinibatches'],
  check: ({ envs, steps, valueMinibatches }) =>
    Number.isInteger((envs * steps) / valueMinibatches)
      ? null
      : {
          path: 'valueMinibatches',
          expected: `a divisor of envs · steps = ${envs * steps}`,
          got: valueMinibatches,
        },
}

/** Every shard has a sample of each of V's minibatches, or of the batch where V has none of its own. */
export const samplesForShards: Relation<
  Batch & { readonly shards: number; readonly valueMinibatches?: number }
> = {
  reads: ['envs', 'steps', 'shards', 'valueMinibatches'],
  check: ({ envs, steps, shards, valueMinibatches = 1 }) => {
    const n = (envs * steps) / valueMinibatches
    return n < shards
      ? { path: 'shards', expected: `at most the ${n} samples of a minibatch`, got: shards }
      : null
  },
}

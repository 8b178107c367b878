import type { EnvSpec } from '../env/environment.ts'
import * as moments from '../rl/moments.ts'
import { noRewards, scaleReward } from '../rl/scaleReward.ts'
import { data, own, type Numbers, type Tensor } from '../tensor/tensor.ts'
import { shardRange } from './shards.ts'
import type { NormaliseConfig, Normaliser } from './look.ts'
import type { Rollout } from './rollout.ts'

/** The statistics of a run that has not begun; null where none are asked for. */
export const startNormaliser = (
  { observation, reward }: NormaliseConfig,
  env: EnvSpec,
  envs: number,
): Normaliser | null =>
  observation || reward
    ? {
        observation: observation ? moments.empty(env.observationSpace.size) : null,
        reward: reward ? noRewards(envs) : null,
      }
    : null

/** The moments of what the environments showed: of each shard of environments, merged in their order. */
const seenBy = (shown: Tensor<['time', 'env', 'feature']>, shards: number): moments.Moments => {
  const [time, envs, features] = shown.shape
  const x = data(shown) as Numbers
  let all = moments.empty(features)
  for (let s = 0; s < shards; s++) {
    const [from, to] = shardRange(envs, shards, s)
    const width = (to - from) * features
    const rows = new Float64Array(time * width)
    for (let t = 0; t < time; t++)
      rows.set(x.subarray((t * envs + from) * features, (t * envs + to) * features), t * width)
    const steps = own(['step', 'feature'], [time * (to - from), features], rows)
    all = moments.merge(all, moments.of(steps))
  }
  return all
}

/**
 * A rollout with its rewards scaled, and the statistics with what it saw and earned. The policy
 * acted under those from before the rollout, so that what it saw is what it learns from.
 */
export const normalise =
  (
    config: {
      readonly gamma: number
      readonly shards: number
      readonly normalise?: NormaliseConfig
    },
    normaliser: Normaliser | null,
  ) =>
  (acted: Rollout): [Rollout, Normaliser | null] => {
    if (normaliser === null || config.normalise === undefined) return [acted, null]
    const { trajectory, rawObservation } = acted
    const { observation, reward } = normaliser
    if (observation !== null && rawObservation === undefined)
      throw new RangeError(
        'rawObservation: expected the observations before normalisation, got none',
      )
    const nextObservation =
      observation === null || rawObservation === undefined
        ? observation
        : moments.merge(observation, seenBy(rawObservation, config.shards))
    if (reward === null) return [acted, { observation: nextObservation, reward }]
    const scaling = scaleReward({ ...config.normalise, gamma: config.gamma })
    const [scaled, nextReward] = scaling(reward, trajectory)
    return [
      { ...acted, trajectory: { ...trajectory, reward: scaled } },
      { observation: nextObservation, reward: nextReward },
    ]
  }

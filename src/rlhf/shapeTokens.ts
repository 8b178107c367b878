import type { Rollout } from '../algo/rollout.ts'
import type { ReferenceKl, Samples } from '../algo/samples.ts'
import { data, own, ownLike, type Floats } from '../tensor/tensor.ts'
import { maskedWhiten, type MaskedWhitenConfig } from './maskedWhiten.ts'
import type { FromReference } from './reference.ts'

/** The rollout with β (log π − log ρ) taken off the reward of each token. */
export const withKlReward = (
  rollout: Rollout,
  { logProb }: Pick<FromReference, 'logProb'>,
  beta: number,
): Rollout => {
  const { trajectory } = rollout
  const [earned, now] = [data(trajectory.reward), data(trajectory.logProb)]
  const reward = (earned as Floats).slice()
  for (let i = 0; i < reward.length; i++) reward[i] = earned[i]! - beta * (now[i]! - logProb[i]!)
  return { ...rollout, trajectory: { ...trajectory, reward: ownLike(trajectory.reward, reward) } }
}

/** The rollout with whitened rewards: see `maskedWhiten`. */
export const withWhiteRewards = (rollout: Rollout, config: MaskedWhitenConfig): Rollout => {
  const { trajectory } = rollout
  const reward = (data(trajectory.reward) as Floats).slice()
  reward.set(maskedWhiten(config, reward))
  return { ...rollout, trajectory: { ...trajectory, reward: ownLike(trajectory.reward, reward) } }
}

/** The fields that a KL in the loss reads of each sample: see `withReferenceKl`. */
export type ReferenceFields = Pick<Samples, 'referenceBeta' | 'referenceLogProb' | 'referenceParam'>

/**
 * Those fields for the tokens of a rollout.
 *
 * @param beta β of each token
 */
export const referenceFields = (
  kind: ReferenceKl,
  { logProb, logits }: Pick<FromReference, 'logProb' | 'logits'>,
  beta: Floats,
): ReferenceFields => {
  const n = beta.length
  const referenceBeta = own(['sample'], [n], beta)
  return kind === 'exact'
    ? {
        referenceBeta,
        referenceParam: own(['sample', 'param'], [n, logits.length / n], logits as Floats),
      }
    : { referenceBeta, referenceLogProb: own(['sample'], [n], logProb as Floats) }
}

import type { Rollout } from '../algo/rollout.ts'
import type { ReferenceKl, Samples } from '../algo/samples.ts'
import { data, own, ownLike, type Floats } from '../tensor/tensor.ts'
import { maskedWhiten, type MaskedWhitenConfig } from './maskedWhiten.ts'
import type { ResponseAdvantages } from './responseAdvantages.ts'
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

/** What a KL in the loss reads of each token: see `withReferenceKl`. */
const referenceFields = (
  kind: ReferenceKl,
  { logProb, logits }: Pick<FromReference, 'logProb' | 'logits'>,
  beta: Floats,
): Partial<Samples> => {
  const n = beta.length
  const referenceBeta = own(['sample'], [n], beta)
  return kind === 'exact'
    ? {
        referenceBeta,
        referenceParam: own(['sample', 'param'], [n, logits.length / n], logits as Floats),
      }
    : { referenceBeta, referenceLogProb: own(['sample'], [n], logProb as Floats) }
}

/**
 * Samples with the advantages of their responses, where an estimator weighs those, and with what a KL in
 * the loss reads, where there is one: β times the weight of each token.
 */
export const tokenSamplesOf = (
  samples: Samples,
  referenceKl: ReferenceKl | undefined,
  compared: FromReference,
  beta: number,
  weighed: Pick<ResponseAdvantages, 'advantage' | 'weight'> | null,
): Samples => {
  const numbers = (of: (token: number) => number): Floats => {
    const out = (data(samples.advantage) as Floats).slice()
    for (let i = 0; i < out.length; i++) out[i] = of(i)
    return out
  }
  const betas = numbers((i) => beta * (weighed?.weight[i] ?? 1))
  return {
    ...samples,
    ...(weighed === null
      ? {}
      : {
          advantage: ownLike(
            samples.advantage,
            numbers((i) => weighed.advantage[i]!),
          ),
        }),
    ...(referenceKl === undefined ? {} : referenceFields(referenceKl, compared, betas)),
  }
}

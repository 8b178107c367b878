import type { Rollout } from '../algo/rollout.ts'
import { data, type ReadonlyNumbers } from '../tensor/tensor.ts'
import { wholeResponses } from './wholeResponses.ts'

/** Means over responses. */
export interface Outcome {
  readonly score: number
  /** KL(π ‖ ρ) of a response in nats */
  readonly kl: number
  /** tokens of a response, EOS included */
  readonly length: number
}

const meanOf = <T>(all: ArrayLike<T>, of: (one: T) => number): number => {
  let sum = 0
  for (let i = 0; i < all.length; i++) sum += of(all[i]!)
  return sum / all.length
}

/**
 * Over the responses that ended in a rollout. Those continue from one rollout to the next, so their KL is the mean
 * over the tokens of this one, times tokens a response.
 *
 * @param kl KL(π ‖ ρ) at each token, [time, env] in order
 */
export const ofEpisodes = (
  { episodes }: Pick<Rollout, 'episodes'>,
  kl: ReadonlyNumbers,
): Outcome => {
  const length = meanOf(episodes, (episode) => episode.length)
  return {
    score: meanOf(episodes, (episode) => episode.return),
    kl: meanOf(kl, (each) => each) * length,
    length,
  }
}

/** Over the whole responses of a rollout: see `wholeResponses`. */
export const ofWholeResponses = (
  { trajectory }: Pick<Rollout, 'trajectory'>,
  kl: ReadonlyNumbers,
  longest: number,
): Outcome => {
  const [, envs] = trajectory.reward.shape
  const responses = wholeResponses(trajectory, longest)
  const mean = (x: ReadonlyNumbers): number =>
    meanOf(responses, ({ env, from, to }) => {
      let sum = 0
      for (let t = from; t < to; t++) sum += x[t * envs + env]!
      return sum
    })
  return {
    score: mean(data(trajectory.reward)),
    kl: mean(kl),
    length: meanOf(responses, ({ from, to }) => to - from),
  }
}

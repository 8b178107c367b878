import * as E from 'fp-ts/lib/Either.js'
import { flow } from 'fp-ts/lib/function.js'
import { startNormaliser } from '../../algo/normaliser.ts'
import { policyFor } from '../../algo/policy.ts'
import type { PpoConfig } from '../../algo/ppo/config.ts'
import type { Environment } from '../../env/environment.ts'
import { reader } from '../../env/reader.ts'
import type { Element, Space } from '../../env/space.ts'
import { js } from '../../kernel/js/js.ts'
import { f64 } from '../../math/real.ts'
import { key, type Key } from '../../random/key.ts'
import { decodeTrained } from '../../run/policy/policySnapshot.ts'
import { data, own } from '../../tensor/tensor.ts'

/**
 * How sure a policy is: the probability of each choice, or the most probable value of each number and its
 * standard deviation.
 */
export type Belief =
  | { readonly kind: 'choices'; readonly probabilities: readonly number[] }
  | {
      readonly kind: 'numbers'
      readonly means: readonly number[]
      readonly deviations: readonly number[]
    }

/** What a policy makes of an observation. */
export interface Decision {
  readonly action: Element<Space>
  readonly belief: Belief
  /** V(s) */
  readonly value: number
}

/** A policy that acts on the page itself, between two frames of the display. */
export type Player = (observation: readonly number[], key: Key) => Decision

const rowOf = (values: ArrayLike<number>): Float32Array => Float32Array.from(values)

/**
 * A function that reads the policies of a run from their bytes; they draw their actions as in training. It
 * gives Left for bytes that are not of a policy of this environment and config.
 */
export const playerOf = (
  env: Environment<unknown>,
  config: PpoConfig,
): ((bytes: Uint8Array) => E.Either<string, Player>) => {
  const policy = policyFor(js.f32, env, config)
  const like = {
    params: policy.init(key(0)),
    normaliser: startNormaliser(config.normalise, env, config.envs),
  }
  const decode = decodeTrained(like)
  return flow(
    decode,
    E.map(({ params, normaliser }): Player => {
      const see = policy.normaliseObservation(normaliser)
      const read = reader(env.actionSpace, policy.bound)
      return (observation, k) => {
        const seen = see(own(['env', 'feature'], [1, observation.length], rowOf(observation)))
        const [{ dist, value }] = policy.forward(params, seen)
        const drawn = dist.sample(k)
        const numbers = Array.from(data(dist.param), Number)
        const { actionSpace } = env
        const belief: Belief =
          actionSpace.kind === 'discrete'
            ? {
                kind: 'choices',
                probabilities: Array.from({ length: actionSpace.n }, (_, a) =>
                  f64.exp(data(dist.logProb(own(['env'], [1], rowOf([a]))))[0]!),
                ),
              }
            : {
                kind: 'numbers',
                means: [read(data(dist.mode()), 0)].flat() as readonly number[],
                deviations: numbers.slice(numbers.length / 2).map(f64.exp),
              }
        return { action: read(data(drawn), 0), belief, value: data(value)[0]! }
      }
    }),
  )
}

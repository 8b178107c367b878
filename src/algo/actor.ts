import type { EnvSpec } from '../env/environment.ts'
import { maskProblem } from '../env/mask.ts'
import type { NumberArray } from '../env/numbers.ts'
import { observing, type ObservationScale } from '../env/observing.ts'
import { reader } from '../env/reader.ts'
import { show } from '../env/show.ts'
import type { Element, Space } from '../env/space.ts'
import { choices as choicesOf } from '../env/space.ts'
import { observedBox } from '../env/flatten.ts'
import { buildAlone } from '../engine/runtime.ts'
import { backendFor } from '../kernel/backends.ts'
import type { Machine } from '../kernel/machine.ts'
import type { Key } from '../random/key.ts'
import { deviations } from '../rl/normaliseObservation.ts'
import { expectShape } from '../tensor/check.ts'
import { withFlat } from '../tensor/params.ts'
import { data, own, size } from '../tensor/tensor.ts'
import type { Learner } from './learner.ts'
import type { NormaliseConfig, Normaliser } from './look.ts'
import { policyFor, type Policy, type PolicyConfig, type PolicyParams } from './policy.ts'

/** Options of an actor's call. */
export interface ActOptions {
  /** samples from the policy with this key; without a key, the actor returns the most probable action */
  readonly key?: Key
  /** which choices are allowed, in the order of the environment's `actionMask` */
  readonly mask?: readonly boolean[]
}

/** Maps an observation to an element of the action space: see `actor`. */
export type Actor<A extends Space> = (observation: NumberArray, options?: ActOptions) => Element<A>

/** The part of an environment that acting needs: its name, its spaces, and whether it masks choices. */
export interface ActorEnv<A extends Space> extends EnvSpec<A> {
  readonly actionMask?: unknown
}

/** The part of any algorithm's parts that `actor` needs. */
export interface ActorParts<A extends Space> {
  readonly config: PolicyConfig
  readonly policy: Policy
  readonly env: { readonly env: ActorEnv<A> }
}

type Trained = Pick<Learner, 'params' | 'normaliser'>

/** The observation, normalised as in training: the statistics of its learner, if it has any. */
const statsOf = (
  config: NormaliseConfig | undefined,
  normaliser: Normaliser | null,
  size: number,
): ObservationScale | null => {
  const moments = config === undefined ? null : (normaliser?.observation ?? null)
  if (config === undefined || moments === null) return null
  return {
    mean: data(expectShape('normaliser', moments.mean, ['feature'], [size])),
    deviation: deviations(config.epsilon, moments),
    clip: config.clip,
  }
}

/** The mask as a row of 0 and 1; null if the environment masks no choices. */
const maskOf = <A extends Space>(
  { name, actionSpace, actionMask }: ActorEnv<A>,
  mask: readonly boolean[] | undefined,
) => {
  if (mask === undefined) {
    if (actionMask === undefined) return null
    throw new RangeError(
      `mask: expected the allowed choices, because ${name} has an actionMask, got none: pass { mask }`,
    )
  }
  const problem = maskProblem(actionSpace, mask)
  if (problem !== null) throw new RangeError(`mask: ${problem}`)
  return Uint8Array.from(mask, Number)
}

/**
 * Makes an actor from a config, without the parts of an algorithm. The environment's name and spaces
 * suffice.
 *
 * @see actor
 */
export const actorFor = <A extends Space>(
  kernels: Machine,
  env: ActorEnv<A>,
  config: PolicyConfig,
  trained: { readonly params: PolicyParams; readonly normaliser: Normaliser | null },
): Actor<A> => actor({ config, policy: policyFor(kernels, env, config), env: { env } }, trained)

/**
 * Makes a function from one observation to one element of the action space: a number such as `0 | 1`, a tuple
 * or a record. It normalises observations with the learner's statistics, bounds box actions as the config
 * says, and never takes a masked choice. It keeps no state: equal arguments give equal actions.
 *
 *     const act = ppo.actor(parts, state.learner)
 *     const action = act(observation)
 *     const drawn = act(observation, { key: random.foldIn(key, step) })
 *
 * `evaluate` takes the same actions, to the bit: with `act: 'mode'` those without a key, and with
 * `act: 'sample'` and one episode, at step t, those with the key `foldIn(split(key, 2)[1], t)`.
 *
 * @param parts those of `ppo`, `vpg`, `a2c` or `trpo`
 * @param trained a learner, or its parameters and statistics
 * @returns a function that throws a RangeError for an observation outside the observation space
 * (`observation: expected 4 numbers, got an array of 3`) and for a mask that is missing or allows no choice
 * @throws RangeError when the parameters belong to another environment or config
 */
export const actor = <A extends Space>(
  { config, policy, env: { env } }: ActorParts<A>,
  { params, normaliser }: Trained,
): Actor<A> => {
  const { low } = observedBox(env)
  const choices = choicesOf(env.actionSpace)
  const isMasked = env.actionMask !== undefined
  const count = size(params.flat)
  const { network, distribution, machine } = policy
  if (count !== network.paramCount)
    throw new RangeError(
      `params: expected ${network.paramCount} numbers for ${env.name}, got ${count}`,
    )
  const live: { words: Key['words'] } = { words: [0, 0] }
  const { input, flat, allowed, greedy, drawn } = buildAlone(
    backendFor(machine),
    ({ own: mine, record }) => {
      const input = mine.floats(low.length)
      const flat = mine.floats(count)
      const allowed = mine.bytes(isMasked ? choices : 0)
      const mask = isMasked ? own(['env', 'choice'], [1, choices], allowed) : null
      const { tree } = withFlat(params.tree, flat)
      const dist = (on: Machine) => {
        const seen = own(['env', 'feature'], [1, low.length], input)
        return distribution.at(network.policy(on, tree, seen), mask, on)
      }
      return {
        input,
        flat,
        allowed,
        greedy: record((on) => dist(on).mode()),
        drawn: record((on) => dist(on).sample(live)),
      }
    },
  )
  flat.set(data(params.flat))
  const scale = statsOf(config.normalise, normaliser, low.length)
  const see = observing(observedBox(env), scale, input, show)
  const read = reader(env.actionSpace, policy.bound)
  return (observation, { key, mask } = {}) => {
    const open = maskOf(env, mask)
    see(observation)
    if (open !== null) allowed.set(open)
    if (key === undefined) return read(data(greedy.run()), 0)
    live.words = key.words
    return read(data(drawn.run()), 0)
  }
}

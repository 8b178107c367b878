import type { Key } from '../random/key.ts'
import { addressOf, errorAt, located, notFinite } from '../tensor/check.ts'
import type { Floats } from '../tensor/tensor.ts'
import type { AsyncEnvironment, Environment, Outcome, Seen } from './environment.ts'
import { maskProblem } from './mask.ts'
import { show, showThrown } from './show.ts'
import type { Element, Space } from './space.ts'

type Answer<S> = readonly [Outcome, S]

/** What there is to see of a world that need not be trusted: errors say whose it is. */
export interface SeenGuard<S> {
  /** Writes the observation of place `at` of [env=count, feature] into `out` from `to` on. */
  readonly see: (state: S, out: Floats, to: number, at: number, count: number) => void
  /** Writes 1 into `out` from `to` on for each choice that may be made; null where none is closed. */
  readonly open: ((state: S, out: Uint8Array, to: number, at: number) => void) | null
}

/** A world that need not be trusted: what it answers is looked at, and errors say whose it is. */
export interface Guard<S, A extends Space> extends SeenGuard<S> {
  readonly init: (key: Key, at: number) => S
  readonly step: (action: Element<A>, key: Key, state: S, at: number) => Answer<S>
}

/** The same for one that promises its answers. */
export interface AsyncGuard<S, A extends Space> extends SeenGuard<S> {
  readonly init: (key: Key, at: number) => Promise<S>
  readonly step: (action: Element<A>, key: Key, state: S, at: number) => Promise<Answer<S>>
}

/** Worlds that say themselves which field is wrong are only told where they stand. */
const threw = (what: string, at: number, error: unknown): unknown =>
  addressOf(error)['field'] === undefined
    ? errorAt(
        { field: what, env: at },
        `${what}[env=${at}]: expected the world to answer, it threw ${showThrown(error)}`,
        error,
      )
    : located(`${what}[env=${at}]`, error, { env: at })

const isList = (x: unknown): x is ArrayLike<unknown> => Array.isArray(x) || ArrayBuffer.isView(x)

const wrong = (field: string, at: number, expected: string, got: string): RangeError =>
  errorAt({ field, env: at }, `${field}[env=${at}]: expected ${expected}, got ${got}`)

const expectAnswer = <S>(answer: unknown, at: number): Answer<S> => {
  if (!(Array.isArray(answer) && answer.length === 2))
    throw wrong('step', at, 'an outcome and a state', show(answer))
  const [outcome] = answer as readonly unknown[]
  if (typeof outcome !== 'object' || outcome === null)
    throw wrong('outcome', at, 'a reward, terminated and truncated', show(outcome))
  const { reward, terminated, truncated } = outcome as { readonly [field: string]: unknown }
  if (typeof reward !== 'number') throw wrong('reward', at, 'a finite number', show(reward))
  if (!Number.isFinite(reward)) throw notFinite('reward', ['env'], [at + 1], at, reward)
  if (typeof terminated !== 'boolean')
    throw wrong('terminated', at, 'true or false', show(terminated))
  if (typeof truncated !== 'boolean') throw wrong('truncated', at, 'true or false', show(truncated))
  return answer as unknown as Answer<S>
}

/**
 * Rounding to f32 keeps order, so that a number within its bounds is never taken for one beyond,
 * and one that is its bound in f32 is none either.
 */
const expectWithin = (
  [low, high]: readonly [number, number],
  x: unknown,
  at: number,
  feature: number,
): void => {
  if (typeof x === 'number' && Math.fround(x) >= low && Math.fround(x) <= high) return
  throw errorAt(
    { field: 'observation', env: at, feature },
    `observation[env=${at}, feature=${feature}]: expected a number from ${low} to ${high}, as in the world's observationSpace, got ${show(x)}`,
  )
}

const guardSeen = <S>(env: Seen<S>): SeenGuard<S> => {
  const { size: features, low, high } = env.observationSpace
  const bounds = low.map((x, j) => [Math.fround(x), Math.fround(high[j]!)] as const)
  const { actionMask, actionSpace } = env
  return {
    see: (state, out, to, at, count) => {
      let seen: readonly number[]
      try {
        seen = env.observe(state)
      } catch (error) {
        throw threw('observe', at, error)
      }
      if (!isList(seen) || seen.length !== features)
        throw wrong(
          'observation',
          at,
          `${features} numbers as in ${env.name}'s observationSpace`,
          show(seen),
        )
      for (let j = 0; j < features; j++) {
        const x = seen[j]!
        out[to + j] = x
        if (!Number.isFinite(out[to + j]!) && typeof x === 'number')
          throw notFinite(
            'observation',
            ['env', 'feature'],
            [count, features],
            at * features + j,
            out[to + j]!,
          )
        expectWithin(bounds[j]!, x, at, j)
      }
    },

    open:
      actionMask === undefined
        ? null
        : (state, out, to, at) => {
            let mask: readonly boolean[]
            try {
              mask = actionMask(state)
            } catch (error) {
              throw threw('actionMask', at, error)
            }
            const problem = maskProblem(actionSpace, mask)
            if (problem !== null)
              throw errorAt({ field: 'actionMask', env: at }, `actionMask[env=${at}]: ${problem}`)
            mask.forEach((isOpen, j) => {
              if (isOpen) out[to + j] = 1
            })
          },
  }
}

/**
 * A world whose answers are checked: a number for a reward, truth values for its ends, observations
 * of its space, a mask with an entry for each choice that leaves something to do.
 *
 * @returns functions that throw RangeErrors with an address (see tensor.addressOf), also where the
 * world itself throws
 */
export const guard = <S, A extends Space>(env: Environment<S, A>): Guard<S, A> => ({
  ...guardSeen(env),

  init: (key, at) => {
    try {
      return env.init(key)
    } catch (error) {
      throw threw('init', at, error)
    }
  },

  step: (action, key, state, at) => {
    let answer: unknown
    try {
      answer = env.step(action, key)(state)
    } catch (error) {
      throw threw('step', at, error)
    }
    return expectAnswer(answer, at)
  },
})

/** The same for a world that promises its answers, which are looked at when they come. */
export const guardAsync = <S, A extends Space>(env: AsyncEnvironment<S, A>): AsyncGuard<S, A> => ({
  ...guardSeen(env),

  init: async (key, at) => {
    try {
      return await env.init(key)
    } catch (error) {
      throw threw('init', at, error)
    }
  },

  step: async (action, key, state, at) => {
    let answer: unknown
    try {
      answer = await env.step(action, key)(state)
    } catch (error) {
      throw threw('step', at, error)
    }
    return expectAnswer(answer, at)
  },
})

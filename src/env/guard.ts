import type { Key } from '../random/key.ts'
import { addressOf, errorAt, located, notFinite } from '../tensor/check.ts'
import type { Floats } from '../tensor/tensor.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment, Outcome } from './environment.ts'
import { observedBox } from './flatten.ts'
import { maskProblem } from './mask.ts'
import { isList } from './numbers.ts'
import { show, showThrown } from './show.ts'
import { isPromised } from '../engine/task.ts'
import { expectTimeout, withTimeout, DEFAULT_TIMEOUT } from './timeout.ts'
import { choices, type Element, type Space } from './space.ts'

type Answer<S> = readonly [Outcome, S]

/** What there is to see of an environment that need not be trusted: errors say whose it is. */
export interface ViewGuard<S> {
  /** Releases a state of environment `at`. */
  readonly release: (state: S, at: number) => void
  /** Writes the observation of place `at` of [env=count, feature] into `out` from `to` on. */
  readonly observe: (state: S, out: Floats, to: number, at: number, count: number) => void
  /** Writes into `out` from `to` on 1 for each choice that may be made and 0 for each other; null where none is closed. */
  readonly actionMask: ((state: S, out: Uint8Array, to: number, at: number) => void) | null
}

/** An environment that need not be trusted: what it answers is looked at, and errors say whose it is. */
export interface Guard<S, A extends Space> extends ViewGuard<S> {
  readonly init: (key: Key, at: number) => S
  readonly step: (action: Element<A>, key: Key, state: S, at: number) => Answer<S>
}

/** Checked functions of an environment that returns promises. */
export interface AsyncGuard<S, A extends Space> extends ViewGuard<S> {
  readonly init: (key: Key, at: number) => Promise<S>
  readonly step: (action: Element<A>, key: Key, state: S, at: number) => Promise<Answer<S>>
}

/** The largest f32. */
const LARGEST = 3.4028234663852886e38

const wrong = (field: string, at: number, expected: string, got: string): RangeError =>
  errorAt({ field, env: at }, `${field}[env=${at}]: expected ${expected}, got ${got}`)

/** Whether an answer is a promise; if so, ignores its rejection. */
const isLate = (answer: unknown): boolean => {
  if (!isPromised(answer)) return false
  Promise.resolve(answer).catch(() => undefined)
  return true
}

/** Describes a rejected value; if it is a promise, ignores its rejection. */
const refused = (value: unknown): string => {
  try {
    isLate(value)
  } catch {
    // The value is rejected anyway.
  }
  return show(value)
}

/** Adds the environment's index to an error; one that names its field keeps its message. */
const threw = (what: string, at: number, error: unknown): unknown => {
  if (addressOf(error)['field'] !== undefined)
    return located(`${what}[env=${at}]`, error, { env: at })
  refused(error)
  return errorAt(
    { field: what, env: at },
    `${what}[env=${at}]: expected the environment to return, it threw ${showThrown(error)}`,
    error,
  )
}

const ASYNC =
  'a Promise: use ppo.asyncParts, evaluateAsync and vectoriseAsync for an environment that returns promises'

/** The answer of a step, read once, since getters may return something else the second time. */
type Read = readonly [outcome: Readonly<Record<keyof Outcome, unknown>> | null, state: unknown]

/** Reads the answer of a step, or describes it if it is malformed. */
const readAnswer = (answer: unknown): Read | string => {
  if (!(Array.isArray(answer) && answer.length === 2))
    return isLate(answer) ? ASYNC : refused(answer)
  const outcome: unknown = answer[0]
  if (typeof outcome !== 'object' || outcome === null) return [null, outcome]
  const { reward, terminated, truncated } = outcome as Readonly<Record<keyof Outcome, unknown>>
  if (typeof reward !== 'number' && isLate(outcome)) return [null, outcome]
  return [{ reward, terminated, truncated }, answer[1]]
}

const expectAnswer = <S>(read: Read | string, at: number): Answer<S> => {
  if (typeof read === 'string') throw wrong('step', at, 'an outcome and a state', read)
  const outcome = read[0]
  if (outcome === null)
    throw wrong('outcome', at, 'a reward, terminated and truncated', refused(read[1]))
  const { reward, terminated, truncated } = outcome
  if (typeof reward !== 'number') throw wrong('reward', at, 'a finite number', refused(reward))
  if (!Number.isFinite(reward)) throw notFinite('reward', ['env'], [at + 1], at, reward)
  if (Math.abs(reward) > LARGEST)
    throw wrong('reward', at, `at most ${LARGEST} in magnitude, the limit of f32`, show(reward))
  if (typeof terminated !== 'boolean')
    throw wrong('terminated', at, 'true or false', refused(terminated))
  if (typeof truncated !== 'boolean')
    throw wrong('truncated', at, 'true or false', refused(truncated))
  return read as Answer<S>
}

/** Copies a mask, or says what is wrong with it. */
const readMask = (space: Space, mask: unknown): readonly boolean[] | string => {
  const entries = choices(space)
  if (isLate(mask) || !Array.isArray(mask) || mask.length !== entries)
    return `expected an array of ${entries}, one per choice, got ${refused(mask)}`
  const own: unknown[] = []
  for (let j = 0; j < entries; j++) own.push(mask[j])
  const problem = maskProblem(space, own)
  if (problem !== null) own.forEach(refused)
  return problem ?? (own as readonly boolean[])
}

/** What is wrong with an observation, in one feature or, if that is null, as a whole. */
interface Wrong {
  readonly feature: number | null
  /** whether it is a number that is not finite in the target array */
  readonly isInfinite: boolean
  readonly got: string
}

const guardSeen = <S>(env: AnyEnvironment<S>): ViewGuard<S> => {
  const { name } = env
  if (typeof name !== 'string')
    throw new RangeError(`env.name: expected a string, got ${show(name)}`)
  const { size: features, low, high } = observedBox(env)
  // Rounding to f32 is monotonic, so a number within its bounds stays within the rounded bounds.
  const from = low.map((x) => Math.fround(x))
  const to = high.map((x) => Math.fround(x))
  const { actionMask, actionSpace } = env

  /** Writes numbers up to the first that is invalid or outside the space. */
  const write = (seen: unknown, out: Floats, start: number): Wrong | null => {
    if (!isList(seen) || seen.length !== features) {
      const late = isLate(seen) ? ': observe is synchronous in every environment' : ''
      return { feature: null, isInfinite: false, got: `${refused(seen)}${late}` }
    }
    for (let j = 0; j < features; j++) {
      const x = seen[j]
      if (typeof x !== 'number') return { feature: j, isInfinite: false, got: refused(x) }
      out[start + j] = x
      const rounded = Math.fround(x)
      const isInfinite = !Number.isFinite(out[start + j])
      if (isInfinite || !(rounded >= from[j]! && rounded <= to[j]!))
        return { feature: j, isInfinite, got: show(x) }
    }
    return null
  }

  return {
    release: (state, at) => {
      try {
        env.release?.(state)
      } catch (error) {
        throw threw('release', at, error)
      }
    },

    observe: (state, out, start, at, count) => {
      let problem: Wrong | null
      try {
        problem = write(env.observe(state), out, start)
      } catch (error) {
        throw threw('observe', at, error)
      }
      if (problem === null) return
      const { feature, isInfinite, got } = problem
      if (feature === null)
        throw wrong('observation', at, `${features} numbers as in ${name}'s observationSpace`, got)
      if (isInfinite) {
        const place = at * features + feature
        const dims = ['env', 'feature']
        throw notFinite('observation', dims, [count, features], place, out[start + feature]!)
      }
      throw errorAt(
        { field: 'observation', env: at, feature },
        `observation[env=${at}, feature=${feature}]: expected a number from ${from[feature]} to ${to[feature]}, as in the environment's observationSpace, got ${got}`,
      )
    },

    actionMask:
      actionMask === undefined
        ? null
        : (state, out, start, at) => {
            let mask: readonly boolean[] | string
            try {
              mask = readMask(actionSpace, actionMask(state))
            } catch (error) {
              throw threw('actionMask', at, error)
            }
            if (typeof mask === 'string')
              throw errorAt({ field: 'actionMask', env: at }, `actionMask[env=${at}]: ${mask}`)
            for (let j = 0; j < mask.length; j++) out[start + j] = mask[j]! ? 1 : 0
          },
  }
}

/**
 * Checks the answers of an environment: finite rewards, boolean `terminated` and `truncated`,
 * observations within their space, masks with one entry per choice and at least one allowed choice.
 *
 * @returns functions that throw RangeErrors with an address (see tensor.addressOf), even if the
 * environment throws anything else or returns objects that throw when they are read
 */
export const guard = <S, A extends Space>(env: Environment<S, A>): Guard<S, A> => ({
  ...guardSeen(env),

  init: (key, at) => {
    let state: S
    let isHere: boolean
    try {
      state = env.init(key)
      isHere = !isLate(state)
    } catch (error) {
      throw threw('init', at, error)
    }
    if (!isHere) throw wrong('init', at, 'a state', ASYNC)
    return state
  },

  step: (action, key, state, at) => {
    let read: Read | string
    try {
      read = readAnswer(env.step(action, key)(state))
    } catch (error) {
      throw threw('step', at, error)
    }
    return expectAnswer(read, at)
  },
})

/**
 * `guard` for an environment that returns promises: checks each answer when it arrives. An answer
 * that does not arrive within the environment's `timeout` is an error.
 */
export const guardAsync = <S, A extends Space>(env: AsyncEnvironment<S, A>): AsyncGuard<S, A> => {
  const timeout = expectTimeout(env.timeout ?? DEFAULT_TIMEOUT)
  const late = (field: string) => (): Error =>
    errorAt(
      { field, timeout },
      `expected an answer within ${timeout} ms (timeout of the environment), got none`,
    )
  return {
    ...guardSeen(env),

    init: async (key, at) => {
      try {
        return await withTimeout(env.init(key), timeout, late('init'))
      } catch (error) {
        throw threw('init', at, error)
      }
    },

    step: async (action, key, state, at) => {
      let read: Read | string
      try {
        read = readAnswer(await withTimeout(env.step(action, key)(state), timeout, late('step')))
      } catch (error) {
        throw threw('step', at, error)
      }
      return expectAnswer(read, at)
    },
  }
}

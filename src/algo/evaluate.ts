import type { Environment } from '../env/environment.ts'
import { life, type Episode } from '../env/wrapper/vectorise.ts'
import type { Key } from '../random/key.ts'
import { expectCount, expectOneOf } from '../tensor/argument.ts'
import type { Learner } from './learner.ts'
import { playEpisodes, type Played } from './playEpisodes.ts'
import type { Policy } from './policy.ts'

export interface EvaluateOptions {
  readonly key: Key
  /** a whole number */
  readonly episodes: number
  readonly act: 'mode' | 'sample'
  /**
   * how many episodes are played at a time, a whole number >= 1, which changes no result; all of them
   * unless given, and by `evaluateAsync` as many as there are environments in training
   */
  readonly concurrency?: number
}

/** @throws RangeError for options that are none */
export const expectOptions = ({ episodes, act, concurrency }: EvaluateOptions): void => {
  if (!(Number.isInteger(episodes) && episodes >= 0))
    throw new RangeError(`episodes: expected a whole number >= 0, got ${episodes}`)
  expectOneOf('act', act, ['mode', 'sample'])
  if (concurrency !== undefined) expectCount('concurrency', concurrency)
}

/**
 * `evaluate` step by step: after each step of all episodes that are being played it says how far it
 * is, and at the end it returns the episodes.
 */
export function* evaluation<S>(
  env: Environment<S>,
  policy: Policy,
  trained: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): Generator<Played, readonly Episode[], void> {
  expectOptions(options)
  const { concurrency = options.episodes } = options
  const told: Played[] = []
  const lives = life(env, policy.bound)
  const playing = playEpisodes({ env, lives, policy, trained, ...options, concurrency }, (played) =>
    told.push(played),
  )
  try {
    let next = playing.next([])
    while (next.done !== true) {
      yield* told.splice(0)
      next = playing.next(next.value)
    }
    yield* told
    return next.value
  } finally {
    // Whoever loses interest leaves episodes in the middle.
    playing.return([])
  }
}

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it, on what it sees by the statistics that it
 * was trained with, which stay as they are. Returns when every world has ended an episode: a world
 * without an end of its own wants a time limit.
 *
 * Episode i follows from the key and from i alone, however many others there are, at a time or
 * altogether, and whenever they end.
 *
 * @param trained a learner, or what of it acts
 * @throws RangeError for options that are none, and, with its address, where the world breaks its word
 */
export const evaluate = <S>(
  env: Environment<S>,
  policy: Policy,
  trained: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): readonly Episode[] => {
  const playing = evaluation(env, policy, trained, options)
  for (;;) {
    const { done, value } = playing.next()
    if (done === true) return value
  }
}

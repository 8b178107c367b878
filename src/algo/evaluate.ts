import type { Environment } from '../env/environment.ts'
import { envStepper, type Episode } from '../env/wrapper/vectorise.ts'
import type { Key } from '../random/key.ts'
import { expectCount, expectOneOf } from '../tensor/argument.ts'
import type { Learner } from './learner.ts'
import { playEpisodes, type Played } from './playEpisodes.ts'
import type { Policy } from './policy.ts'

/** Options of `evaluate` and `evaluateAsync`. */
export interface EvaluateOptions {
  /** what all draws of all episodes come from */
  readonly key: Key
  /** how many episodes, a whole number >= 1 */
  readonly episodes: number
  /** `mode`: the most probable action; `sample`: one drawn from the policy, as in training */
  readonly act: 'mode' | 'sample'
  /**
   * number of episodes played at a time, a whole number >= 1; does not change the results. By default
   * all of them; for `evaluateAsync`, the number of environments in training
   */
  readonly concurrency?: number
  /** cut an episode after that many steps, a whole number >= 1; unlimited by default */
  readonly longest?: number
}

/** @throws RangeError if an option is invalid */
export const expectOptions = ({ episodes, act, concurrency, longest }: EvaluateOptions): void => {
  if (!(Number.isInteger(episodes) && episodes >= 0))
    throw new RangeError(`episodes: expected a whole number >= 0, got ${episodes}`)
  expectOneOf('act', act, ['mode', 'sample'])
  if (concurrency !== undefined) expectCount('concurrency', concurrency)
  if (longest !== undefined) expectCount('longest', longest)
}

/**
 * Evaluates a policy as a generator: it yields the progress after every step of all current episodes,
 * and returns the episodes.
 *
 * @throws RangeError when an option is out of range
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
  const lives = envStepper(env, policy.bound)
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
    // The caller may stop iterating in the middle of episodes.
    playing.return([])
  }
}

/**
 * Plays the first episode of each of `episodes` environments, so that short episodes count no more than long
 * ones. The policy acts with its mode or with samples. Observations are normalised with the statistics of
 * training, which do not change. Returns when every environment has ended an episode: if an environment may
 * go on forever, set `longest`.
 *
 * Episode i depends only on the key and on i, not on the number of episodes or on `concurrency`.
 *
 * @param trained a learner, or its parameters and statistics
 * @throws RangeError if an option is invalid, or, with an address, if the environment is
 * inconsistent
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

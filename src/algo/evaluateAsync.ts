import type { AsyncEnvironment } from '../env/environment.ts'
import { inTime } from '../env/task.ts'
import type { Episode } from '../env/wrapper/vectorise.ts'
import { lifeAsync } from '../env/wrapper/vectoriseAsync.ts'
import { expectOptions, type EvaluateOptions } from './evaluate.ts'
import type { Learner } from './learner.ts'
import { playEpisodes } from './playEpisodes.ts'
import type { Policy } from './policy.ts'

/** How many episodes are played at a time: no more than the environment has room for. */
const concurrencyOf = (
  { capacity = Infinity }: Pick<AsyncEnvironment<never>, 'capacity'>,
  { envs }: Policy,
  { concurrency }: EvaluateOptions,
): number => {
  if (concurrency === undefined) return Math.min(envs ?? 1, capacity)
  if (concurrency > capacity)
    throw new RangeError(
      `concurrency: expected a whole number from 1 to ${capacity}, the number of games, got ${concurrency}`,
    )
  return concurrency
}

/**
 * `evaluate` for an environment that promises its answers, to the same episodes, however many are
 * played at a time: as many as there were environments in training, if there are games for them,
 * unless `concurrency` is given. An episode that has ended makes room for the next.
 *
 * Games are free for others when it is over, also after a fault; to close them remains the business of
 * whoever has made them. Where training goes on in the same environment, and there is only a list of
 * games that cannot go back (see `env.fromGymAsync`), evaluate in an environment of its own.
 *
 * @param trained a learner, or what of it acts
 * @throws RangeError (a broken promise) for options that are none, and, with its address, where the
 * environment breaks its word
 */
export const evaluateAsync = async <S>(
  env: AsyncEnvironment<S>,
  policy: Policy,
  trained: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): Promise<readonly Episode[]> => {
  expectOptions(options)
  const concurrency = concurrencyOf(env, policy, options)
  const lives = lifeAsync(env, policy.bound)
  return inTime(playEpisodes({ env, lives, policy, trained, ...options, concurrency }))
}

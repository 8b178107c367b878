import type { AsyncEnvironment } from '../env/environment.ts'
import { runAsync } from '../engine/task.ts'
import type { Episode } from '../env/wrapper/vectorise.ts'
import { envStepperAsync } from '../env/wrapper/vectoriseAsync.ts'
import { expectOptions, type EvaluateOptions } from './evaluate.ts'
import type { Learner } from './learner.ts'
import { playEpisodes } from './playEpisodes.ts'
import type { Policy } from './policy.ts'

/** Number of episodes to play at a time, limited by the environment's capacity. */
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
 * `evaluate` for an environment that returns promises. `concurrency` episodes are played at a
 * time, by default as many as there were environments in training, but no more than there are games;
 * it does not change the results. When an episode ends, the next one starts.
 *
 * At the end, also after a fault, all games are released but not closed: close them yourself. If training
 * continues in the same environment with a fixed list of games that cannot go back (see `env.fromGymAsync`),
 * evaluate in a separate environment.
 *
 * @param trained a learner, or its parameters and statistics
 * @throws RangeError, as a rejection, if an option is invalid, or, with an address, if the environment
 * gives an invalid answer
 */
export const evaluateAsync = async <S>(
  env: AsyncEnvironment<S>,
  policy: Policy,
  trained: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): Promise<readonly Episode[]> => {
  expectOptions(options)
  const concurrency = concurrencyOf(env, policy, options)
  const lives = envStepperAsync(env, policy.bound)
  return runAsync(playEpisodes({ env, lives, policy, trained, ...options, concurrency }))
}

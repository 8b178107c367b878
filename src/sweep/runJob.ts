import { algorithms } from '../algo/algorithm.ts'
import { evaluation } from '../algo/evaluate.ts'
import type { Environment } from '../env/environment.ts'
import type { BackendName } from '../kernel/backends.ts'
import { key } from '../random/key.ts'
import { mean, meanStd } from '../rl/meanStd.ts'
import { learnerHash } from '../run/hash.ts'
import type { Job } from './plan.ts'
import { evaluationKey } from './protocol.ts'
import { STRETCHES, type Outcome } from './result.ts'

/** The return at the end of training is the mean of so many episodes. */
const LAST = 100

/**
 * Makes a run: trains on one thread, then evaluates the most probable actions on episodes that
 * training never saw. Yields the environment steps of training after each update, and again between
 * the steps of the evaluation, so that the caller can look up. The outcome depends on nothing but
 * the job and the environment.
 *
 * @throws what the environment throws, and what is wrong with its answers or with the numbers learned
 */
export function* runJob<S>(
  env: Environment<S>,
  { algorithm: name, settings, seed, episodes }: Omit<Job, 'key' | 'env'>,
  kernels: BackendName,
): Generator<number, Outcome, void> {
  const algorithm = algorithms[name]
  const parts = algorithm.parts(settings, env, kernels)
  const stretches: number[][] = Array.from({ length: STRETCHES }, () => [])
  let state = algorithm.init(parts, key(seed))
  let late: readonly number[] = []
  let steps = 0
  for (const [metrics, next] of algorithm.train(settings, parts, state)) {
    const returns = metrics.episodes.map((episode) => episode.return)
    steps = metrics.steps
    state = next
    late = [...late, ...returns].slice(-LAST)
    stretches[Math.ceil((STRETCHES * steps) / settings.totalSteps) - 1]!.push(...returns)
    yield steps
  }
  const options = { key: evaluationKey(seed), episodes, act: 'mode' } as const
  const playing = evaluation(env, parts.policy, state.learner, options)
  let played = playing.next()
  for (; played.done !== true; played = playing.next()) yield steps
  const returns = played.value.map((episode) => episode.return)
  return {
    steps,
    score: mean(returns),
    std: meanStd(returns).std,
    min: Math.min(...returns),
    max: Math.max(...returns),
    training: late.length === 0 ? null : mean(late),
    curve: stretches.map((ended) => (ended.length === 0 ? null : mean(ended))),
    hash: learnerHash(state.learner),
  }
}

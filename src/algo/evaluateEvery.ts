import type { Environment } from '../env/environment.ts'
import { foldIn, type Key } from '../random/key.ts'
import { meanInterval } from '../rl/meanInterval.ts'
import { mean, meanStd } from '../rl/meanStd.ts'
import { expectCount } from '../tensor/argument.ts'
import { located } from '../tensor/check.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluated } from './evaluated.ts'
import type { Learner, TrainState } from './learner.ts'
import type { Policy } from './policy.ts'

/** When a run is evaluated, and with how many episodes. */
export interface EvaluationPlan {
  /** environment steps from one evaluation to the next, a whole number >= 1 */
  readonly every: number
  /** episodes of an evaluation, a whole number >= 1 */
  readonly episodes: number
  /** cut an episode after that many steps, so that every evaluation ends; 10,000 by default */
  readonly longest?: number
}

/** The default of `longest`. */
export const LONGEST = 10_000

/** Number of episodes played at a time. It bounds memory, and does not change the results. */
const CONCURRENCY = 64

/** Separates the randomness of evaluations from everything else that follows from a seed: "eval". */
const DOMAIN = 0x65766131

/**
 * The key of the evaluation after a number of updates. Training draws from `split` keys of the seed
 * only, so no evaluation shares a random number with training or with another evaluation.
 *
 * @param update the number of updates done, >= 0
 */
export const evaluationKey = (seed: Key, update: number): Key =>
  foldIn(foldIn(seed, DOMAIN), update)

/**
 * Whether an evaluation follows update `update` of `stepsPerUpdate` steps each: it is the first at or
 * after a multiple of `every` environment steps.
 */
export const isEvaluationDue = (
  { every }: Pick<EvaluationPlan, 'every'>,
  stepsPerUpdate: number,
  update: number,
): boolean =>
  Math.floor((update * stepsPerUpdate) / every) >
  Math.floor(((update - 1) * stepsPerUpdate) / every)

/** The part of any algorithm's parts that `evaluateEvery` needs. */
export interface EvaluatedParts<S> {
  readonly config: { readonly envs: number; readonly steps: number }
  readonly env: { readonly env: Environment<S> }
  readonly policy: Policy
}

/**
 * Evaluates a run between its updates, with any algorithm: a function of a state that returns null unless an
 * evaluation is due after that update. The most probable actions play `episodes` separate episodes with the
 * state's parameters and statistics. The result depends only on the plan, the seed and the state. The state
 * does not change, so training continues with the same bits.
 *
 * If the environment answers with promises, call `evaluateAsync` with `evaluationKey`.
 *
 * @param seed the seed of the run, or any other key
 * @returns the function; it throws a RangeError with an address where the environment gives an invalid
 * answer
 * @throws RangeError unless the plan is valid
 */
export const evaluateEvery = <S>(
  plan: EvaluationPlan,
  { config, env: { env }, policy }: EvaluatedParts<S>,
  seed: Key,
): ((state: {
  readonly update: TrainState<S>['update']
  readonly learner: Pick<Learner, 'params' | 'normaliser'>
}) => Evaluated | null) => {
  const { every, episodes, longest = LONGEST } = plan
  for (const [name, x] of Object.entries({ every, episodes, longest })) expectCount(name, x)
  return ({ update, learner }) => {
    if (!isEvaluationDue(plan, config.envs * config.steps, update)) return null
    try {
      const key = evaluationKey(seed, update)
      const concurrency = Math.min(episodes, CONCURRENCY)
      const played = evaluate(env, policy, learner, {
        key,
        episodes,
        act: 'mode',
        concurrency,
        longest,
      })
      const returns = played.map((episode) => episode.return)
      const { mean: evalReturn, std: evalStd } = meanStd(returns)
      const [evalLow, evalHigh] = meanInterval(returns)
      const evalLength = mean(played.map(({ length }) => length))
      return { evalReturn, evalStd, evalLow, evalHigh, evalLength }
    } catch (error) {
      throw located(`evaluation after update ${update}`, error, { update })
    }
  }
}

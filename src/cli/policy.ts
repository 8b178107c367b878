import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { estimatePolicy } from '../algo/ppo/estimate/estimate.ts'
import type { Policy } from '../algo/policy.ts'
import { algorithms } from '../algo/algorithm.ts'
import { policyOf } from '../algo/policyOf.ts'
import type { Environment } from '../env/environment.ts'
import type { Budget } from '../run/budget.ts'
import type { OpenRun } from '../run/folder/openRun.ts'
import type { PolicySnapshot } from '../run/policy/policySnapshot.ts'
import { expectAffordable } from './budget.ts'
import { fromFile, type Problem } from './problem.ts'

/** What plays in the environment of a run. */
export interface Playing {
  readonly policy: Policy
  readonly trained: PolicySnapshot
}

/** The policy of a run folder, if it is within the budget; starts no environment. */
export const readPolicy = (
  folder: string,
  { config, trained: read }: Pick<OpenRun, 'config' | 'trained'>,
  env: Environment<unknown>,
  budget: Budget,
): E.Either<Problem, Playing> =>
  pipe(
    estimatePolicy(algorithms[config.algorithm].costsLike(config.settings), env),
    expectAffordable(folder, budget),
    E.flatMap(() => {
      const { policy, like } = policyOf(config.settings, env)
      return pipe(
        fromFile(read(like)),
        E.map((trained) => ({ policy, trained })),
      )
    }),
  )

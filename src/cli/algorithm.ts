import * as E from 'fp-ts/lib/Either.js'
import { algorithmNames, type AlgorithmName } from '../algo/algorithm.ts'
import { notOneOf, type Problem } from './problem.ts'

/** The option of commands that name an algorithm. */
export const algorithmOptions = { algo: { type: 'string' } } as const

/** One of the given names, or an error that lists them. */
export const known =
  <N extends string>(what: string, names: readonly N[]) =>
  (name: string): E.Either<Problem, N> => {
    const found = names.find((one) => one === name)
    return found === undefined ? E.left(notOneOf(what, name, names)) : E.right(found)
  }

/** The algorithm that `--algo` names, PPO by default. */
export const parseAlgorithm = (name = 'ppo'): E.Either<Problem, AlgorithmName> =>
  known('--algo', algorithmNames)(name)

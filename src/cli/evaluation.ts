import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { LONGEST } from '../algo/evaluateEvery.ts'
import type { EvaluationSettings } from '../run/evaluationSettings.ts'
import { wholeNumber } from './options.ts'
import type { Problem } from './problem.ts'

export const evaluationOptions = {
  'eval-every': { type: 'string' },
  'eval-episodes': { type: 'string' },
} as const

/** The default of `--eval-episodes`. */
const EPISODES = 20

/** The evaluations that were asked for; null: none. */
export const parseEvaluation = (values: {
  readonly [name in keyof typeof evaluationOptions]?: string | undefined
}): E.Either<Problem, EvaluationSettings | null> => {
  const { 'eval-every': every, 'eval-episodes': episodes } = values
  if (every === undefined)
    return episodes === undefined
      ? E.right(null)
      : E.left('--eval-episodes: expected --eval-every beside it, got none: add --eval-every N')
  return pipe(
    E.Do,
    E.bind('every', () => wholeNumber('eval-every', every, 0, 1)),
    E.bind('episodes', () => wholeNumber('eval-episodes', episodes, EPISODES, 1)),
    E.let('longest', () => LONGEST),
  )
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { shown } from '../tensor/shown.ts'
import { LONGEST } from '../algo/evaluateEvery.ts'
import type { EvaluationSettings } from '../run/evaluationSettings.ts'
import { wholeNumber } from './options.ts'
import type { Problem } from './problem.ts'

export const evaluationOptions = {
  'eval-every': { type: 'string' },
  'eval-episodes': { type: 'string' },
  'stop-at': { type: 'string' },
} as const

/** The default of `--eval-episodes`. */
const EPISODES = 20

const parseStop = (text: string): E.Either<Problem, { readonly stopAt: number }> =>
  text.trim() !== '' && Number.isFinite(Number(text))
    ? E.right({ stopAt: Number(text) })
    : E.left(`--stop-at: expected a return such as 475 or =-150, got ${shown(text)}`)

/** The evaluations that were asked for; null: none. */
export const parseEvaluation = (values: {
  readonly [name in keyof typeof evaluationOptions]?: string | undefined
}): E.Either<Problem, EvaluationSettings | null> => {
  const { 'eval-every': every, 'eval-episodes': episodes, 'stop-at': stopAt } = values
  if (every === undefined) {
    const lacking = Object.keys(evaluationOptions).find((name) => name in values)
    return lacking === undefined
      ? E.right(null)
      : E.left(`--${lacking}: expected --eval-every with it, got none: add --eval-every N`)
  }
  return pipe(
    E.Do,
    E.bind('every', () => wholeNumber('eval-every', every, 0, 1)),
    E.bind('episodes', () => wholeNumber('eval-episodes', episodes, EPISODES, 1)),
    E.let('longest', () => LONGEST),
    E.bind('stop', () => (stopAt === undefined ? E.right({}) : parseStop(stopAt))),
    E.filterOrElse(
      ({ episodes, stop }) => !('stopAt' in stop) || episodes > 1,
      (): Problem => '--stop-at: expected at least 2 episodes per evaluation, got 1',
    ),
    E.map(({ stop, ...plan }): EvaluationSettings => Object.assign(plan, stop)),
  )
}

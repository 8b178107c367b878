import type { AnyMetrics, AnyState } from '../algo/algorithm.ts'
import type { Evaluated } from '../algo/evaluated.ts'
import { evaluateEvery } from '../algo/evaluateEvery.ts'
import { key } from '../random/key.ts'
import { isReached } from './bestPolicy.ts'
import { segmentsAfter, type RunConfig } from './config.ts'
import { wholeRun, type PartsOf } from './segments.ts'

/**
 * The evaluation of a run after each of its updates: a function of the state after an update, which
 * returns null unless one is due. Always null for a run without evaluations.
 */
export const evaluationOf = <S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
): ((state: AnyState<S>) => Evaluated | null) => {
  const plan = config.evaluation
  if (plan === undefined) return () => null
  let until = 0
  let next: (state: AnyState<S>) => Evaluated | null = () => null
  return (state) => {
    if (state.update > until) {
      const segment = segmentsAfter(config, state.update - 1)[0]!
      until = segment.until
      next = evaluateEvery(plan, partsOf(segment.settings), key(config.seed))
    }
    return next(state)
  }
}

/** `wholeRun`, whose metrics contain the evaluations of the run, and which ends where one reaches `stopAt`. */
export function* evaluatedRun<S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
): ReturnType<typeof wholeRun<S>> {
  const evaluate = evaluationOf(config, partsOf)
  for (const [measured, state] of wholeRun(config, partsOf)) {
    const metrics = measured === null ? null : withEvaluation(measured, evaluate(state))
    yield [metrics, state]
    if (metrics !== null && isReached(config, metrics)) break
  }
}

/** The metrics of an update with those of the evaluation that follows it, if there is one. */
export const withEvaluation = (metrics: AnyMetrics, evaluated: Evaluated | null): AnyMetrics =>
  evaluated === null ? metrics : { ...metrics, ...evaluated }

import * as E from 'fp-ts/lib/Either.js'
import { updatesOf } from './configFields.ts'
import { attempt, type Fault } from './fault.ts'
import type { TrainState } from './learner.ts'

type Run = Parameters<typeof updatesOf>[0]

/**
 * Iterates to the end of a run, one `[metrics, state]` an update, from any state of it: stop, look,
 * keep the state, go on when you like.
 */
export const runTo = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => [M, TrainState<S, O>],
) =>
  function* (start: TrainState<S, O>): Generator<[M, TrainState<S, O>], void, undefined> {
    for (let state = start; state.update < updatesOf(config);) {
      const [metrics, following] = next(state)
      state = following
      yield [metrics, state]
    }
  }

/** A run that a fault ended, and what was learned until then. */
export interface Stopped<S, O> {
  readonly fault: Fault
  /** as the last whole update left it */
  readonly state: TrainState<S, O>
}

/** The same to the end, or to the first fault, which is a value, as what was learned before it is. */
export const attemptTo =
  <S, O, M>(config: Run, next: (state: TrainState<S, O>) => [M, TrainState<S, O>]) =>
  (
    start: TrainState<S, O>,
    tell: (metrics: M, state: TrainState<S, O>) => void = () => undefined,
  ): E.Either<Stopped<S, O>, TrainState<S, O>> => {
    const step = attempt(next)
    for (let state = start; ;) {
      if (state.update >= updatesOf(config)) return E.right(state)
      const done = step(state)
      if (E.isLeft(done)) return E.left({ fault: done.left, state })
      tell(...done.right)
      state = done.right[1]
    }
  }

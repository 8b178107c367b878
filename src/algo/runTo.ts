import * as E from 'fp-ts/lib/Either.js'
import { ask, atOnce, inTime, type Later, type Task } from '../env/task.ts'
import { updatesOf } from './configFields.ts'
import { faultOf, type Fault } from './fault.ts'
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

/** The same where an iteration takes its time. */
export const runToAsync = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Promise<[M, TrainState<S, O>]>,
) =>
  async function* (
    start: TrainState<S, O>,
  ): AsyncGenerator<[M, TrainState<S, O>], void, undefined> {
    for (let state = start; state.update < updatesOf(config);) {
      const [metrics, following] = await next(state)
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

type Tell<S, O, M> = (metrics: M, state: TrainState<S, O>) => void

type Ended<S, O> = E.Either<Stopped<S, O>, TrainState<S, O>>

const attempting = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Later<[M, TrainState<S, O>]>,
) =>
  function* (start: TrainState<S, O>, tell: Tell<S, O, M>): Task<Ended<S, O>> {
    let state = start
    while (state.update < updatesOf(config)) {
      let done: [M, TrainState<S, O>]
      try {
        done = yield* ask(next(state))
      } catch (error) {
        const fault = faultOf(error)
        if (fault === null) throw error
        return E.left({ fault, state })
      }
      tell(...done)
      state = done[1]
    }
    return E.right(state)
  }

/** The same to the end, or to the first fault, which is a value, as what was learned before it is. */
export const attemptTo = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => [M, TrainState<S, O>],
) => {
  const run = attempting(config, next)
  return (start: TrainState<S, O>, tell: Tell<S, O, M> = () => undefined): Ended<S, O> =>
    atOnce(run(start, tell))
}

export const attemptToAsync = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Promise<[M, TrainState<S, O>]>,
) => {
  const run = attempting(config, next)
  return (start: TrainState<S, O>, tell: Tell<S, O, M> = () => undefined): Promise<Ended<S, O>> =>
    inTime(run(start, tell))
}

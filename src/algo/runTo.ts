import * as E from 'fp-ts/lib/Either.js'
import { wait, runSync, runAsync, type Later, type Task } from '../engine/task.ts'
import { updatesOf } from './configFields.ts'
import { faultOf, type Fault } from './fault.ts'
import type { OptimState, TrainState } from './learner.ts'

type Run = Parameters<typeof updatesOf>[0]

/** The updates of a run: `[metrics, state]` after each. */
export type Updates<S, M, O = OptimState> = Generator<[M, TrainState<S, O>], void, undefined>

/** The updates of an asynchronous run: `[metrics, state]` after each. */
export type AsyncUpdates<S, M, O = OptimState> = AsyncGenerator<
  [M, TrainState<S, O>],
  void,
  undefined
>

/**
 * Iterates to the end of a run, from any state of it, and yields `[metrics, state]` after each update: you
 * can stop, keep the state, and continue later.
 */
export const runTo = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => [M, TrainState<S, O>],
): ((start: TrainState<S, O>) => Updates<S, M, O>) =>
  function* (start) {
    for (let state = start; state.update < updatesOf(config);) {
      const [metrics, following] = next(state)
      state = following
      yield [metrics, state]
    }
  }

/** `runTo` for an asynchronous iteration. */
export const runToAsync = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Promise<[M, TrainState<S, O>]>,
): ((start: TrainState<S, O>) => AsyncUpdates<S, M, O>) =>
  async function* (start) {
    for (let state = start; state.update < updatesOf(config);) {
      const [metrics, following] = await next(state)
      state = following
      yield [metrics, state]
    }
  }

/** A run that ended with a fault, and what it learned until then. */
export interface Stopped<S, O = OptimState> {
  readonly fault: Fault
  /** the state after the last complete update */
  readonly state: TrainState<S, O>
}

/** Called after each update with its metrics and the new state. */
export type OnUpdate<S, M, O = OptimState> = (metrics: M, state: TrainState<S, O>) => void

/** How a run ended: at its last state, or at a fault. */
export type Ended<S, O = OptimState> = E.Either<Stopped<S, O>, TrainState<S, O>>

const attempting = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Later<[M, TrainState<S, O>]>,
) =>
  function* (start: TrainState<S, O>, onUpdate: OnUpdate<S, M, O>): Task<Ended<S, O>> {
    let state = start
    while (state.update < updatesOf(config)) {
      let done: [M, TrainState<S, O>]
      try {
        done = yield* wait(next(state))
      } catch (error) {
        const fault = faultOf(error)
        if (fault === null) throw error
        return E.left({ fault, state })
      }
      onUpdate(...done)
      state = done[1]
    }
    return E.right(state)
  }

/** Runs to the end (Right of the last state) or to the first fault (Left, with the state before it). */
export const attemptTo = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => [M, TrainState<S, O>],
): ((start: TrainState<S, O>, onUpdate?: OnUpdate<S, M, O>) => Ended<S, O>) => {
  const run = attempting(config, next)
  return (start, onUpdate = () => undefined) => runSync(run(start, onUpdate))
}

/** `attemptTo` for an asynchronous iteration. A fault resolves to Left; other errors reject. */
export const attemptToAsync = <S, O, M>(
  config: Run,
  next: (state: TrainState<S, O>) => Promise<[M, TrainState<S, O>]>,
): ((start: TrainState<S, O>, onUpdate?: OnUpdate<S, M, O>) => Promise<Ended<S, O>>) => {
  const run = attempting(config, next)
  return (start, onUpdate = () => undefined) => runAsync(run(start, onUpdate))
}

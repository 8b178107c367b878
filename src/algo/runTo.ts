import { updatesOf } from './configFields.ts'
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

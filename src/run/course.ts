import { train, trainAsync, type Halves, type Metrics } from '../algo/ppo/iterate.ts'
import type { PpoConfig } from '../algo/ppo/config.ts'
import type { TrainState } from '../algo/learner.ts'
import { init, type Parts } from '../algo/ppo/parts.ts'
import { key } from '../random/key.ts'
import { stretchesAfter, type RunConfig } from './config.ts'

/** The parts of each config that a run learns by. */
export type PartsOf<S> = (ppo: PpoConfig) => Parts<S>

/** The state that a run begins with. */
export const beginningOf = <S>(
  config: RunConfig,
  partsOf: (ppo: PpoConfig) => Omit<Parts<S>, 'update'>,
): TrainState<S> => init(partsOf(stretchesAfter(config, 0)[0]!.ppo))(key(config.seed))

/** A run from any state of it to its end, by each of its configs in turn. */
export function* course<S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
  from: TrainState<S>,
): Generator<[Metrics, TrainState<S>], void, undefined> {
  let state = from
  for (const { until, ppo } of stretchesAfter(config, from.update))
    for (const step of train(ppo, partsOf(ppo))(state)) {
      state = step[1]
      yield step
      if (state.update === until) break
    }
}

/** The same where updates take their time. */
export async function* courseAsync<S>(
  config: RunConfig,
  partsOf: (ppo: PpoConfig) => Halves<S>,
  from: TrainState<S>,
): AsyncGenerator<[Metrics, TrainState<S>], void, undefined> {
  let state = from
  for (const { until, ppo } of stretchesAfter(config, from.update))
    for await (const step of trainAsync(ppo, partsOf(ppo))(state)) {
      state = step[1]
      yield step
      if (state.update === until) break
    }
}

/** A run from its start, which is the first state, before which nothing was measured. */
export function* wholeCourse<S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
): Generator<readonly [Metrics | null, TrainState<S>], void, undefined> {
  const start = beginningOf(config, partsOf)
  yield [null, start]
  yield* course(config, partsOf, start)
}

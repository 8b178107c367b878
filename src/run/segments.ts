import {
  algorithms,
  type AnyAsyncParts,
  type AnyMetrics,
  type AnyParts,
  type AnyState,
  type Settings,
} from '../algo/algorithm.ts'
import { key } from '../random/key.ts'
import { segmentsAfter, type RunConfig } from './config.ts'

/** A function of each config of a run to the parts of its algorithm. */
export type PartsOf<S> = {
  // Only a method may take the config of one algorithm.
  of(settings: Settings): AnyParts<S>
}['of']

/** The state that a run begins with. */
export const firstState = <S>(config: RunConfig, partsOf: PartsOf<S>): AnyState<S> =>
  algorithms[config.algorithm].init(
    partsOf(segmentsAfter(config, 0)[0]!.settings),
    key(config.seed),
  )

/** A run from any state of it to its end, by each of its configs in turn. */
export function* runSegments<S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
  from: AnyState<S>,
): Generator<[AnyMetrics, AnyState<S>], void, undefined> {
  let state = from
  for (const { until, settings } of segmentsAfter(config, from.update))
    for (const step of algorithms[config.algorithm].train(settings, partsOf(settings), state)) {
      state = step[1]
      yield step
      if (state.update === until) break
    }
}

/** Parts of each config that a run learns by, whose rollouts or updates may come later. */
export type AsyncPartsOf<S> = {
  of(settings: Settings): AnyAsyncParts<S>
}['of']

/** `runSegments` where rollouts or updates answer with promises. */
export async function* runSegmentsAsync<S>(
  config: RunConfig,
  partsOf: AsyncPartsOf<S>,
  from: AnyState<S>,
): AsyncGenerator<[AnyMetrics, AnyState<S>], void, undefined> {
  let state = from
  for (const { until, settings } of segmentsAfter(config, from.update))
    for await (const step of algorithms[config.algorithm].trainAsync(
      settings,
      partsOf(settings),
      state,
    )) {
      state = step[1]
      yield step
      if (state.update === until) break
    }
}

/** A run from its start, which is the first state, before which nothing was measured. */
export function* wholeRun<S>(
  config: RunConfig,
  partsOf: PartsOf<S>,
): Generator<readonly [AnyMetrics | null, AnyState<S>], void, undefined> {
  const start = firstState(config, partsOf)
  yield [null, start]
  yield* runSegments(config, partsOf, start)
}

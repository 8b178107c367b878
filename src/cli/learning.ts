import type { PpoConfig } from '../algo/ppo/config.ts'
import { gpuParts } from '../algo/ppo/gpu/parts.ts'
import type { GpuUpdate } from '../algo/ppo/gpu/update.ts'
import type { Metrics } from '../algo/ppo/iterate.ts'
import type { Parts } from '../algo/ppo/parts.ts'
import { threadedParts, type ThreadedParts } from '../algo/ppo/plan/threads.ts'
import type { TrainState } from '../algo/learner.ts'
import { course, courseAsync, type PartsOf } from '../run/course.ts'
import { stretchesAfter, type RunConfig } from '../run/config.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { threadsOf, type EngineOrder } from './engine.ts'
import type { RunEnvironment } from './runEnvironment.ts'

/** The threads and parts of all that is before a run. */
export interface Learning {
  readonly partsOf: PartsOf<unknown>
  readonly threads: number
  readonly stop: () => Promise<void>
}

/** Makes the parts of the configs that are used after update `from` and up to update `to`. */
export const learningOf = async (
  config: RunConfig,
  { env, source }: RunEnvironment,
  engine: EngineOrder,
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number } = {},
): Promise<Learning> => {
  const all = new Map<PpoConfig, ThreadedParts<unknown>>()
  const stop = async () => {
    for (const parts of all.values()) await parts.stop()
  }
  try {
    const how = {
      threads: await threadsOf(engine),
      maker: engine.kernels,
      ...(source === null ? {} : { source }),
    }
    let before = 0
    for (const { until, ppo } of stretchesAfter(config, from)) {
      if (before > 0 && before >= to) break
      before = until
      all.set(ppo, await threadedParts(ppo, env, how))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    partsOf: (ppo) => all.get(ppo)!,
    threads: Math.max(...[...all.values()].map(({ threads }) => threads)),
    stop,
  }
}

type Step = [Metrics, TrainState<unknown>]

/** All that is before a run, by kernels or by a device. */
export interface Going {
  readonly partsOf: (ppo: PpoConfig) => Omit<Parts<unknown>, 'update'>
  readonly steps: (from: TrainState<unknown>) => Iterable<Step> | AsyncIterable<Step>
  readonly threads: number
  /** what goes to a device and back in a launch; null where kernels learn */
  readonly transfers: GpuUpdate['transfers'] | null
  readonly stop: () => Promise<void>
}

/** @param update how many updates the run has done */
export const goingOf = async (
  config: RunConfig,
  environment: RunEnvironment,
  engine: EngineOrder,
  device: Device | null,
  update: number,
): Promise<Going> => {
  if (device === null) {
    const learning = await learningOf(config, environment, engine, { from: update })
    return { ...learning, steps: (from) => course(config, learning.partsOf, from), transfers: null }
  }
  const made = new Map(
    stretchesAfter(config, update).map(({ ppo }) => [ppo, gpuParts(ppo, environment.env, device)]),
  )
  const partsOf = (ppo: PpoConfig) => made.get(ppo)!
  return {
    partsOf,
    steps: (from) => courseAsync(config, partsOf, from),
    threads: 1,
    transfers: partsOf(config.ppo).transfers,
    stop: () => device.destroy(),
  }
}

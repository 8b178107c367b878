import type { PpoConfig } from '../algo/ppo/config.ts'
import { threadedParts, type ThreadedParts } from '../algo/ppo/plan/threads.ts'
import { worldOf } from '../env/worlds.ts'
import type { PartsOf } from '../io/course.ts'
import { stretchesAfter, type RunConfig } from '../io/run.ts'
import { threadsOf, type EngineOrder } from './engine.ts'

/** The threads and parts of all that is before a run. */
export interface Learning {
  readonly partsOf: PartsOf<unknown>
  readonly threads: number
  readonly stop: () => Promise<void>
}

/** @param update how many updates the run has done */
export const learningOf = async (
  config: RunConfig,
  engine: EngineOrder,
  update = 0,
): Promise<Learning> => {
  const all = new Map<PpoConfig, ThreadedParts<unknown>>()
  const stop = async () => {
    for (const parts of all.values()) await parts.stop()
  }
  try {
    const how = { threads: await threadsOf(engine), maker: engine.kernels }
    for (const { ppo } of stretchesAfter(config, update))
      all.set(ppo, await threadedParts(ppo, worldOf(config.env), how))
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

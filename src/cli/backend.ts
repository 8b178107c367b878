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
import { threadsOf, type BackendOptions } from './backendOptions.ts'
import type { RunEnvironment } from './runEnvironment.ts'

/** What acts and learns for the configs of a run: their parts, and the threads that run them. */
export interface Backend {
  readonly partsOf: PartsOf<unknown>
  readonly threads: number
  readonly stop: () => Promise<void>
}

/** Opens threads for the configs that are used after update `from` and up to update `to`. */
export const openBackend = async (
  config: RunConfig,
  { env, source }: RunEnvironment,
  options: BackendOptions,
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number } = {},
): Promise<Backend> => {
  const all = new Map<PpoConfig, ThreadedParts<unknown>>()
  const stop = async () => {
    for (const parts of all.values()) await parts.stop()
  }
  try {
    const start = {
      threads: await threadsOf(options),
      maker: options.kernels,
      ...(source === null ? {} : { source }),
    }
    let before = 0
    for (const { until, ppo } of stretchesAfter(config, from)) {
      if (before > 0 && before >= to) break
      before = until
      all.set(ppo, await threadedParts(ppo, env, start))
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

/** What trains a run: kernels or a device. */
export interface TrainingBackend {
  readonly partsOf: (ppo: PpoConfig) => Omit<Parts<unknown>, 'update'>
  readonly steps: (from: TrainState<unknown>) => Iterable<Step> | AsyncIterable<Step>
  readonly threads: number
  /** what goes to a device and back in a launch; null where kernels learn */
  readonly transfers: GpuUpdate['transfers'] | null
  readonly stop: () => Promise<void>
}

/** @param update number of updates that the run has done */
export const openTrainingBackend = async (
  config: RunConfig,
  environment: RunEnvironment,
  options: BackendOptions,
  device: Device | null,
  update: number,
): Promise<TrainingBackend> => {
  if (device === null) {
    const backend = await openBackend(config, environment, options, { from: update })
    return { ...backend, steps: (from) => course(config, backend.partsOf, from), transfers: null }
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

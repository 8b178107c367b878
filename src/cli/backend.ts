import {
  algorithms,
  type AnyMetrics,
  type AnyThreadedParts,
  type AnyState,
  type Settings,
} from '../algo/algorithm.ts'
import type { PpoConfig } from '../algo/ppo/config.ts'
import { gpuParts } from '../algo/ppo/gpu/parts.ts'
import type { GpuUpdate } from '../algo/ppo/gpu/update.ts'
import { segmentsAfter, type RunConfig } from '../run/config.ts'
import { runSegments, runSegmentsAsync, type PartsOf } from '../run/segments.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { threadsOf, type BackendOptions } from './backendOptions.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { openSharded } from './sharded.ts'
import type { TrainOptions } from './types.ts'

/** What acts and learns for the configs of a run: their parts, and the threads that run them. */
export interface Backend {
  readonly partsOf: PartsOf<unknown>
  readonly threads: number
  readonly stop: () => Promise<void>
}

type Threaded = AnyThreadedParts<unknown>

/** Opens threads for the configs that are used after update `from` and up to update `to`. */
export const openBackend = async (
  config: RunConfig,
  { env, source }: RunEnvironment,
  options: BackendOptions,
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number } = {},
): Promise<Backend> => {
  const all = new Map<Settings, Threaded>()
  const stop = async () => {
    for (const parts of all.values()) await parts.stop()
  }
  try {
    const start = {
      threads: await threadsOf(options),
      backend: options.kernels,
      ...(source === null ? {} : { source }),
    }
    const open = (settings: Settings): Promise<Threaded> =>
      algorithms[config.algorithm].threadedParts(settings, env, start)
    let before = 0
    for (const { until, settings } of segmentsAfter(config, from)) {
      if (before > 0 && before >= to) break
      before = until
      all.set(settings, await open(settings))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    partsOf: (settings) => all.get(settings)!,
    threads: Math.max(...[...all.values()].map(({ threads }) => threads)),
    stop,
  }
}

type Step = [AnyMetrics, AnyState<unknown>]

/** What trains a run: kernels or a device. */
export interface TrainingBackend {
  readonly partsOf: PartsOf<unknown>
  readonly steps: (from: AnyState<unknown>) => Iterable<Step> | AsyncIterable<Step>
  readonly threads: number
  /** the transfers of a launch to and from a device; null if kernels learn */
  readonly transfers: GpuUpdate['transfers'] | null
  /** Ends what `steps` waits for, with an error. */
  readonly interrupt: () => void
  /** The state of the workers, for the progress line; empty without workers. */
  readonly note: () => string
  readonly stop: () => Promise<void>
}

/** For a backend without workers. */
const alone = { interrupt: () => undefined, note: () => '' }

/** @param update number of updates done */
export const openTrainingBackend = async (
  config: RunConfig,
  environment: RunEnvironment,
  { backend: options, redis }: Pick<TrainOptions, 'backend' | 'redis'>,
  device: Device | null,
  update: number,
  tell: (line: string) => void,
): Promise<TrainingBackend> => {
  if (redis !== null) {
    const acting = { ...environment, source: null }
    const backend = await openBackend(config, acting, options, { from: update })
    try {
      const sharded = await openSharded(config, environment, backend.partsOf, redis, tell)
      const stop = async (): Promise<void> => {
        await sharded.close()
        await backend.stop()
      }
      return { ...backend, ...sharded, stop }
    } catch (error) {
      await backend.stop()
      throw error
    }
  }
  if (device === null) {
    const backend = await openBackend(config, environment, options, { from: update })
    return {
      ...alone,
      ...backend,
      steps: (from) => runSegments(config, backend.partsOf, from),
      transfers: null,
    }
  }
  // A device learns PPO only, as decoding the config has checked.
  const made = new Map(
    segmentsAfter(config, update).map(({ settings }) => [
      settings,
      gpuParts(settings as PpoConfig, environment.env, device),
    ]),
  )
  const partsOf = (settings: Settings) => made.get(settings)!
  return {
    ...alone,
    partsOf,
    steps: (from) => runSegmentsAsync(config, partsOf, from),
    threads: 1,
    transfers: partsOf(config.settings).transfers,
    stop: () => device.destroy(),
  }
}

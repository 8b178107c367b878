import * as E from 'fp-ts/lib/Either.js'
import { createRequire } from 'node:module'
import type { PpoConfig } from '../algo/ppo/config.ts'
import type { GpuUpdate } from '../algo/ppo/gpu/update.ts'
import { hindrances } from '../algo/ppo/plan/plannable.ts'
import type { Environment } from '../env/environment.ts'
import { openDevice, type Device } from '../kernel/gpu/device.ts'
import type { Mode } from '../kernel/gpu/modes.ts'
import type { RunConfig } from '../run/config.ts'
import { excerpt } from '../tensor/printable.ts'
import type { Problem } from './problem.ts'

/** A device, and what the record of a run says of it. */
export interface Gpu {
  readonly device: Device
  readonly record: NonNullable<RunConfig['gpu']>
}

const versionOf = (name: string): string => {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as {
    readonly version: string
  }
  return version
}

export const openGpu = async (wanted: Mode | 'gpu'): Promise<E.Either<Problem, Gpu>> => {
  const opened = await openDevice(wanted)
  if (E.isLeft(opened)) {
    const { kind, message } = opened.left
    return E.left(kind === 'noGpu' ? `--${message}; proximal backends shows what is here` : message)
  }
  const { mode, adapter } = opened.right
  return E.right({
    device: opened.right,
    record: { mode, adapter, version: versionOf('gpu.js') },
  })
}

/** A device to learn a new run, where devices can. */
export const gpuToLearn = async (
  ppo: PpoConfig,
  env: Environment<unknown>,
  wanted: Mode | 'gpu',
): Promise<E.Either<Problem, Gpu>> => {
  const found = hindrances(ppo, env)
  return found.length === 0
    ? openGpu(wanted)
    : E.left(
        `--backend: expected auto, js or wasm for a run with ${found.join(', ')}, got ${wanted}: no device learns it`,
      )
}

/** The device that a run goes on with: in the mode that it was begun in; null where kernels learn. */
export const gpuFor = async (
  { gpu }: RunConfig,
  wanted: Mode | 'gpu' | null,
): Promise<E.Either<Problem, Gpu | null>> => {
  if (gpu === undefined)
    return wanted === null
      ? E.right(null)
      : E.left(
          `--backend: expected none of a GPU for a run that js or wasm has learned, got ${wanted}: it has other bits`,
        )
  if (wanted !== null && wanted !== 'gpu' && wanted !== gpu.mode)
    return E.left(
      `--backend: expected ${gpu.mode}, which the run was begun with, got ${wanted}: leave it out`,
    )
  return openGpu(gpu.mode)
}

export const describeGpu = ({ record: { mode, adapter, version } }: Pick<Gpu, 'record'>): string =>
  `learns on ${mode}, ${excerpt(adapter)}, by gpu.js ${excerpt(version)}: no other device has to give its bits`

export const describeTransfers = ({ up, down, minibatches }: GpuUpdate['transfers']): string =>
  `sends ${up} arrays up and ${down} down for ${minibatches} ${minibatches === 1 ? 'minibatch' : 'minibatches'}: ${((up + down) / minibatches).toFixed(1)} a minibatch`

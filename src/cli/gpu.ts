import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createRequire } from 'node:module'
import type { PpoConfig } from '../algo/ppo/config.ts'
import { missingForms, type GpuUpdate } from '../algo/ppo/gpu/update.ts'
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

export const openGpu = (wanted: Mode | 'gpu'): TE.TaskEither<Problem, Gpu> =>
  pipe(
    () => openDevice(wanted),
    TE.map((device) => ({
      device,
      record: { mode: device.mode, adapter: device.adapter, version: versionOf('gpu.js') },
    })),
    TE.mapLeft(({ kind, message }) =>
      kind === 'noGpu' ? `--${message}; proximal backends lists what this machine has` : message,
    ),
  )

/** Opens a device to learn a new run, if devices can. */
export const gpuToLearn = (
  ppo: PpoConfig,
  env: Environment<unknown>,
  wanted: Mode | 'gpu',
): TE.TaskEither<Problem, Gpu> => {
  const found = missingForms(ppo, env)
  return found.length === 0
    ? openGpu(wanted)
    : TE.left(
        `--backend: expected auto, js or wasm for a config whose updates have operations without a form on a device (${found.join(', ')}), got ${wanted}`,
      )
}

/** Opens the device of a continued run, in the mode in which it started; null if kernels learn. */
export const gpuFor = (
  { gpu }: RunConfig,
  wanted: Mode | 'gpu' | null,
): TE.TaskEither<Problem, Gpu | null> => {
  if (gpu === undefined)
    return wanted === null
      ? TE.right(null)
      : TE.left(
          `--backend: expected no GPU for a run trained with js or wasm, got ${wanted}: its bits would differ`,
        )
  if (wanted !== null && wanted !== 'gpu' && wanted !== gpu.mode)
    return TE.left(
      `--backend: expected ${gpu.mode}, which the run started with, got ${wanted}: leave it out`,
    )
  return openGpu(gpu.mode)
}

export const describeGpu = ({ record: { mode, adapter, version } }: Pick<Gpu, 'record'>): string =>
  `learns on ${mode}, ${excerpt(adapter)}, by gpu.js ${excerpt(version)}: other devices may give different bits`

export const describeTransfers = ({ up, down, minibatches }: GpuUpdate['transfers']): string =>
  `sends ${up} arrays up and ${down} down for ${minibatches} ${minibatches === 1 ? 'minibatch' : 'minibatches'}: ${((up + down) / minibatches).toFixed(1)} per minibatch`

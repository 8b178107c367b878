import * as E from 'fp-ts/lib/Either.js'
import type { Environment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Device, GpuRecord } from '../../../kernel/gpu/device.ts'
import { agentEnvOf } from '../../engine.ts'
import type { PpoConfig } from '../config.ts'
import { parts, type Parts } from '../iterate.ts'
import { gpuUpdate, type GpuUpdate } from './update.ts'

/** Parts whose updates take their time on a device. Their rollouts stay where they are fast. */
export interface GpuParts<S, A extends Space = Space>
  extends Omit<Parts<S, A>, 'update'>, GpuUpdate {
  readonly device: GpuRecord
}

/**
 * The parts of a config for an environment, whose updates run on a device: for wide layers and large
 * batches, where a GPU pays. Environments act as in `parts`. Iterate them with `iterateAsync`, `trainAsync`
 * or `runAsync`.
 *
 * The numbers are those of `parts` up to f32 in another order of sums: a run has no hash, and goes
 * its own way on each device.
 *
 * @throws RangeError when the config cannot be, or its updates have operations without a form on a
 * device; `missingForms` names them beforehand
 */
export const gpuParts = <S, A extends Space = Space>(
  config: PpoConfig,
  env: Environment<S, A>,
  device: Device,
): GpuParts<S, A> => {
  const made = parts(config, env)
  const found = gpuUpdate(device, config, agentEnvOf(env))
  if (E.isLeft(found)) throw new RangeError(found.left.message)
  const { mode, adapter } = device
  return { ...made, ...found.right, device: { mode, adapter } }
}

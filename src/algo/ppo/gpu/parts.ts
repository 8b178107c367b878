import * as E from 'fp-ts/lib/Either.js'
import type { Environment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Device, GpuRecord } from '../../../kernel/gpu/device.ts'
import { agentEnvOf } from '../../engine.ts'
import type { PpoConfig } from '../config.ts'
import { parts, type Parts } from '../iterate.ts'
import { gpuUpdate, type GpuUpdate } from './update.ts'

/** Parts whose updates run on a device. Environments act on the host. */
export interface GpuParts<S, A extends Space = Space>
  extends Omit<Parts<S, A>, 'update'>, GpuUpdate {
  readonly device: GpuRecord
}

/**
 * `parts` whose updates run on a device. That pays where layers are wide and minibatches large.
 * Iterate them with `iterateAsync`, `trainAsync` or `runAsync`.
 *
 * Results equal those of `parts` up to f32 in another order of sums, which differs between devices.
 * So such a run has no hash.
 *
 * @throws RangeError when the config is invalid, or when its updates have operations without a form on
 * a device; `missingForms` names them
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

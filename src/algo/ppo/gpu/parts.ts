import type { Environment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Device, GpuRecord } from '../../../kernel/gpu/device.ts'
import type { PpoConfig } from '../config.ts'
import { parts, type Parts } from '../iterate.ts'
import type { Box, Discrete } from '../../../env/space.ts'
import type { EnvSpec } from '../../../env/environment.ts'
import { agentEnvOf } from '../../engine.ts'
import { missingForms, sizesOf } from './sizes.ts'
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
 * @throws RangeError when the config cannot be, or asks for what no device learns: masked or several
 * actions, a shared trunk, a KL penalty, stop or adaptive rate, a rate of V's own, another clip of
 * gradients than `global` or `none`, advantages anew in each epoch
 */
export const gpuParts = <S, A extends Space = Space>(
  config: PpoConfig,
  env: Environment<S, A>,
  device: Device,
): GpuParts<S, A> => {
  const made = parts(config, env)
  const missing = missingForms(config, agentEnvOf(env))
  if (missing.length > 0)
    throw new RangeError(
      `gpu: expected a run that a device can learn, got ${missing.join(', ')}: take the backend auto`,
    )
  const sizes = sizesOf(config, env as EnvSpec as EnvSpec<Discrete | Box>)
  const { mode, adapter } = device
  return { ...made, ...gpuUpdate(device, config, sizes), device: { mode, adapter } }
}

import type { Environment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Device, GpuRecord } from '../../../kernel/gpu/device.ts'
import type { PpoConfig } from '../config.ts'
import { parts, type Parts } from '../parts.ts'
import { sizesOf } from '../plan/arrays.ts'
import { hindrances, isLearnable } from '../plan/plannable.ts'
import { gpuUpdate, type GpuUpdate } from './update.ts'

/** Parts whose updates take their time on a device. Their rollouts stay where they are fast. */
export interface GpuParts<S, A extends Space = Space>
  extends Omit<Parts<S, A>, 'update'>, GpuUpdate {
  readonly device: GpuRecord
}

/**
 * The parts of a config for a world, whose updates run on a device: for wide layers and large
 * batches, where a GPU pays. Worlds act as in `parts`. Iterate them with `iterateAsync`, `trainAsync`
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
  if (!isLearnable(config, env))
    throw new RangeError(
      `gpu: expected a run that a device can learn, got ${hindrances(config, env).join(', ')}: take the backend auto`,
    )
  const { mode, adapter } = device
  return { ...made, ...gpuUpdate(device, config, sizesOf(config, env)), device: { mode, adapter } }
}

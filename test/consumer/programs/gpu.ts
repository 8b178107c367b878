import { env, ppo } from 'proximal'
import { gpuParts, openDevice, type Device, type GpuProblem } from 'proximal/gpu'
import type { Either } from 'fp-ts/lib/Either.js'
import { check, sure, type Same } from './same.js'

const opened = await openDevice('gpu')
sure<Same<typeof opened, Either<GpuProblem, Device>>>()
check('gpu.js is not installed', opened._tag === 'Left' && opened.left.kind === 'notInstalled')

export const onDevice = (device: Device) => {
  const parts = gpuParts(ppo.preset('cleanrl'), env.cartPole, device)
  return ppo.trainAsync(parts.config, parts)
}

/** `proximal/gpu`: what runs on gpu.js, which stays out of the index. */
export { loadGpuJs } from '../../../kernel/gpu/load.ts'
export type { GpuJs } from '../../../kernel/gpu/gpujs.ts'
export { openDevice, type Device, type GpuRecord } from '../../../kernel/gpu/device.ts'
export {
  GPU_MODES,
  HOST_MODES,
  MODES,
  isMode,
  type Mode,
  type Probe,
} from '../../../kernel/gpu/modes.ts'
export type { GpuProblem } from '../../../kernel/gpu/problem.ts'
export { gpuParts, type GpuParts } from './parts.ts'
export { missingForms, type GpuUpdate, type Transfers } from './update.ts'
export { gpuKernels } from '../../../kernel/gpu/kernels.ts'
export { gpuOps, type GpuOps } from '../../../kernel/gpu/ops.ts'

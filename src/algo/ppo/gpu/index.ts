/** `proximal/gpu`: what runs on gpu.js, which stays out of the index. */
export { loadGpuJs, type GpuJs } from '../../../kernel/gpu/gpujs.ts'
export { openDevice, type Device, type GpuRecord } from '../../../kernel/gpu/device.ts'
export { GPU_MODES, HOST_MODES, MODES, isMode, type Mode } from '../../../kernel/gpu/modes.ts'
export type { GpuProblem, Probe } from '../../../kernel/gpu/problem.ts'
export { gpuParts, type GpuParts } from './parts.ts'
export type { GpuUpdate } from './update.ts'
export type { Transfers } from './plan.ts'

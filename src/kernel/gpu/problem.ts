import type { Probe } from './modes.ts'

/** Why there is no device. */
export type GpuProblem =
  | { readonly kind: 'notInstalled'; readonly message: string }
  | { readonly kind: 'noGpu'; readonly message: string; readonly probed: readonly Probe[] }

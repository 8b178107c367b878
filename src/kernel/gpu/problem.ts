import type { Mode } from './modes.ts'

/** What was found of a mode: null where it can be had, or why not. */
export interface Probe {
  readonly mode: Mode
  readonly problem: string | null
}

/** Why there is no device. */
export type GpuProblem =
  | { readonly kind: 'notInstalled'; readonly message: string }
  | { readonly kind: 'noGpu'; readonly message: string; readonly probed: readonly Probe[] }

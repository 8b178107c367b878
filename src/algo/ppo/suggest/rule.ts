import type { PpoConfig } from '../config.ts'

/** Fields of a config that follow from an environment, and why: one line each. */
export interface Rule {
  readonly change: Partial<PpoConfig>
  readonly reasons: readonly string[]
}

/** Three digits of a number: 51800, 0.0073. */
export const readable = (x: number): string => String(Number(x.toPrecision(3)))

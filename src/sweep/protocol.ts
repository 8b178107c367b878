/**
 * Seeds that nobody can pick. The seeds of a reported row are derived from the SHA-256 of the reported setup,
 * so a changed preset is reported on other seeds, and tuning seeds are never among them.
 */
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { canonicalJson } from '../format/json.ts'
import { key, type Key } from '../random/key.ts'
import { sha256Hex } from '../run/hash.ts'

/** Counts how results are measured; another way of measuring needs another number. */
export const PROTOCOL = 1

/** Reported seeds are from 2³¹ on; those below are for tuning. */
export const FIRST_REPORTED = 2_147_483_648

/** What a row reports. */
export interface Reported {
  readonly env: string
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  /** episodes of the evaluation of each seed */
  readonly episodes: number
  /** only of an environment out of a module: the SHA-256 of that file */
  readonly module?: { readonly sha256: string }
}

const sha256 = (text: string): string => sha256Hex(new TextEncoder().encode(text))

/** SHA-256 of a value's canonical JSON, in lower-case hexadecimal. */
export const hashOf = (value: unknown): string => sha256(canonicalJson(value))

/** The hash of what a row reports: SHA-256 of its canonical JSON, in lower-case hexadecimal. */
export const rowHash = (reported: Reported): string => hashOf({ protocol: PROTOCOL, ...reported })

/** Seed i of a row: 2³¹ plus the first 32 bits of SHA-256(`<row hash>:<i>`). */
export const reportedSeeds = (hash: string, count: number): readonly number[] =>
  Array.from(
    { length: count },
    (_, i) => FIRST_REPORTED + parseInt(sha256(`${hash}:${i}`).slice(0, 8), 16),
  )

/** 1, 2, …: seeds to choose settings by, none of which is ever reported. */
export const tuningSeeds = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i + 1)

/** The key of the episodes that a run is evaluated on, after it has learned by `key(seed)`. */
export const evaluationKey = (seed: number): Key => key(1_000_000 + seed)

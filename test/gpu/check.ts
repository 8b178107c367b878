import type { Device } from '../../src/kernel/gpu/device.ts'

/** What a check came to: its figure has to be no larger than the limit. */
export interface Check {
  readonly name: string
  readonly figure: number
  readonly limit: number
  readonly ok: boolean
}

export const atMost = (name: string, figure: number, limit: number): Check => ({
  name,
  figure,
  limit,
  ok: figure <= limit,
})

/** What can be counted of a device from outside of gpu.js. */
export interface Counts {
  /** textures and buffers that are there */
  readonly live: number
  /** arrays that went up, and reads that came down, since the start */
  readonly up: number
  readonly down: number
}

/** Where a check runs. */
export interface Place {
  readonly device: Device
  /** null where nothing leaves the processor's memory */
  readonly counts: (() => Counts) | null
  /** bytes of the heap, after garbage was collected */
  readonly heap: () => Promise<number>
  /** Takes the device away, as a driver does; null where nothing can be lost. */
  readonly lose: (() => void) | null
}

export type Checks = (place: Place) => AsyncGenerator<Check, void, undefined>

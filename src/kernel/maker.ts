import type { Arithmetic, Kernels } from './kernels.ts'

/** Bytes that a program lays its arrays out in, once. A shared one can be sent to other threads. */
export interface Memory {
  readonly buffer: ArrayBufferLike
}

/**
 * Who makes the kernels of f32. `kernels` take arrays from anywhere; `over` a memory they take
 * views of it and nothing else, and copy nothing.
 */
export interface Maker {
  readonly name: 'js' | 'wasm'
  readonly kernels: Kernels
  /** Zero-filled; the first `reserved` bytes are the maker's own. */
  readonly memory: (bytes: number, shared: boolean) => Memory
  readonly reserved: number
  /** @param scratch a view of the memory, for the calls of one thread: `scratchLength` of them */
  readonly over: (memory: Memory, scratch: Float32Array) => Arithmetic
}

/**
 * How many numbers of scratch the kernels take for matrices of up to rows × width and
 * width × width: one of them transposed, and a panel of eight columns.
 */
export const scratchLength = (rows: number, width: number): number =>
  width * Math.max(rows, width) + 8 * Math.max(rows, width) + 32

import type { Floats } from '../tensor/tensor.ts'
import type { Arithmetic } from './kernels.ts'
import type { Machine } from './machine.ts'

/** A memory in which arrays are laid out once. A shared memory can be sent to other threads. */
export interface Memory {
  readonly buffer: ArrayBufferLike
}

/**
 * What runs the kernels. Its `machine` takes arrays from anywhere; kernels `over` a memory take only views of
 * it, and copy nothing.
 */
export interface Backend<N extends string = string> {
  /** `js` or `wasm` */
  readonly name: N
  readonly dtype: 'f32' | 'f64'
  readonly machine: Machine
  /** Zero-filled; the first `reserved` bytes are the backend's own. */
  readonly memory: (bytes: number, shared: boolean) => Memory
  readonly reserved: number
  /** @param scratch a view of the memory, for the calls of one thread: as many numbers as the recorder counts */
  readonly over: (memory: Memory, scratch: Floats) => MemoryKernels
}

/** Kernels over views of one memory. */
export interface MemoryKernels extends Arithmetic {
  /**
   * A call of a kernel, as `matmul.nn`, with arguments that stay the same: what it can be prepared
   * for is done once. null: call the kernel itself.
   */
  readonly prepare?: (name: string, args: readonly unknown[]) => (() => void) | null
}

/** A backend of any machine that runs at once, such as `js.f64`, over ordinary memory. */
export const backendOf = (machine: Machine): Backend => ({
  name: machine.backend,
  dtype: machine.dtype,
  machine,
  reserved: 0,
  memory: (bytes, shared) => ({
    buffer: shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
  }),
  over: () => machine,
})

import { heapMachine, type Machine } from '../../src/kernel/machine.ts'
import type { Backend } from '../../src/kernel/backend.ts'

/**
 * The kernels of a backend over a memory of its own, as those that take arrays from anywhere: `alloc`
 * gives views of the memory, which come round again after `bytes` of them.
 */
export const inPlace = (backend: Backend, shared: boolean, bytes = 1 << 25): Machine => {
  const scratch = 1 << 22
  const memory = backend.memory(backend.reserved + bytes, shared)
  const first = backend.reserved + scratch
  let at = first
  const kernels = backend.over(
    memory,
    new Float32Array(memory.buffer, backend.reserved, scratch / 4),
  )
  const place = (bytesTaken: number): number => {
    if (at + bytesTaken > bytes) at = first
    const taken = at
    at += (bytesTaken + 63) & ~63
    return taken
  }
  return {
    ...heapMachine(backend.name, 'f32', kernels),
    alloc: (length) => new Float32Array(memory.buffer, place(4 * length), length).fill(0),
    bytes: (length) => new Uint8Array(memory.buffer, place(length), length).fill(0),
  }
}

import type { Kernels } from '../../src/kernel/kernels.ts'
import type { Maker } from '../../src/kernel/maker.ts'

/**
 * The kernels of a maker over a memory of its own, as those that take arrays from anywhere: `alloc`
 * gives views of the memory, which come round again after `bytes` of them.
 */
export const inPlace = (maker: Maker, shared: boolean, bytes = 1 << 25): Kernels => {
  const scratch = 1 << 22
  const memory = maker.memory(maker.reserved + bytes, shared)
  const first = maker.reserved + scratch
  let at = first
  return {
    ...maker.over(memory, new Float32Array(memory.buffer, maker.reserved, scratch / 4)),
    maker: maker.name,
    dtype: 'f32',
    alloc: (length) => {
      if (at + 4 * length > bytes) at = first
      const view = new Float32Array(memory.buffer, at, length).fill(0)
      at += (4 * length + 63) & ~63
      return view
    },
  }
}

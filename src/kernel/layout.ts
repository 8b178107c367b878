import type { Memory } from './backend.ts'

/** Gives arrays that lie one after the other in one memory. */
export interface Alloc {
  readonly f32: (length: number) => Float32Array
  readonly f64: (length: number) => Float64Array
  readonly i32: (length: number) => Int32Array
  readonly u8: (length: number) => Uint8Array
}

/**
 * The arrays of a program, asked for one by one. It is run twice, to count and to lay out, and by
 * every thread: it asks for the same each time, so the same array lies at the same place for all.
 */
export type Layout<T> = (alloc: Alloc) => T

/** Cache lines, so that two threads never write to the same one. */
const LINE = 64

const allocator = (buffer: ArrayBufferLike | null, from: number): [Alloc, () => number] => {
  let end = from
  const place = (bytes: number): number => {
    const at = Math.ceil(end / LINE) * LINE
    end = at + bytes
    return at
  }
  const alloc: Alloc = {
    f32: (n) => new Float32Array(buffer ?? new ArrayBuffer(0), ...span(place(4 * n), n)),
    f64: (n) => new Float64Array(buffer ?? new ArrayBuffer(0), ...span(place(8 * n), n)),
    i32: (n) => new Int32Array(buffer ?? new ArrayBuffer(0), ...span(place(4 * n), n)),
    u8: (n) => new Uint8Array(buffer ?? new ArrayBuffer(0), ...span(place(n), n)),
  }
  const span = (at: number, n: number): [number, number] => (buffer === null ? [0, 0] : [at, n])
  return [alloc, () => end]
}

/** Bytes that a layout takes from `from` on, and `from` with them. */
export const bytesOf = (layout: Layout<unknown>, from: number): number => {
  const [alloc, end] = allocator(null, from)
  layout(alloc)
  return end()
}

/** The arrays of a layout in a memory, from `from` on. */
export const layOut = <T>(layout: Layout<T>, { buffer }: Memory, from: number): T =>
  layout(allocator(buffer, from)[0])

import type { Floats } from '../tensor/tensor.ts'

/** Gives arrays of zeros, each at the start of a cache line, so that two threads never share one. */
export interface Arrays {
  /** of the element type of the machine */
  readonly floats: (length: number) => Floats
  readonly doubles: (length: number) => Float64Array
  readonly integers: (length: number) => Int32Array
  readonly bytes: (length: number) => Uint8Array
}

const LINE = 64

const aligned = (at: number): number => Math.ceil(at / LINE) * LINE

/** Arrays one after the other, and where they end. */
export interface Arena extends Arrays {
  readonly end: () => number
}

type Place<A> = (buffer: ArrayBufferLike, from: number, length: number) => A

const arena = (
  dtype: 'f32' | 'f64',
  from: number,
  bufferFor: (at: number, bytes: number) => readonly [ArrayBufferLike, number],
): Arena => {
  let end = from
  const of =
    <A>(bytes: number, make: Place<A>) =>
    (length: number): A => {
      const at = aligned(end)
      end = at + bytes * length
      return make(...bufferFor(at, bytes * length), length)
    }
  const singles = of(4, (buffer, at, n) => new Float32Array(buffer, at, n))
  const doubles = of(8, (buffer, at, n) => new Float64Array(buffer, at, n))
  return {
    floats: dtype === 'f32' ? singles : doubles,
    doubles,
    integers: of(4, (buffer, at, n) => new Int32Array(buffer, at, n)),
    bytes: of(1, (buffer, at, n) => new Uint8Array(buffer, at, n)),
    end: () => end,
  }
}

/** Arrays in a memory, from byte `from` on. It must not grow: views of what it was would be lost. */
export const arenaIn = (dtype: 'f32' | 'f64', buffer: ArrayBufferLike, from: number): Arena =>
  arena(dtype, from, (at) => [buffer, at])

/** Arrays that are thrown away, to count how many bytes a layout takes. */
export const countingArena = (dtype: 'f32' | 'f64'): Arena =>
  arena(dtype, 0, (_, bytes) => [new ArrayBuffer(bytes), 0])

import { hex } from '../kernel/wasm/actingBytes.ts'

/** What assembly/acting.ts exports. Pointers are bytes. */
interface Exports {
  readonly affine: (y: number, x: number, w: number, b: number, k: number, n: number) => void
  readonly tanhEach: (x: number, n: number) => void
  readonly exp: (x: number) => number
  readonly log: (x: number) => number
}

/** The part of the WebAssembly namespace that is used here: no library of types for it is needed. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Exports }
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
}

/** Kernels over a memory of their own: those of training, operation for operation. */
export interface Kernels extends Exports {
  /** An array of that memory. */
  readonly floats: (count: number) => Float32Array
}

/** Numbers up to a multiple of 8, which kernels compute together. */
export const padded = (count: number): number => Math.ceil(count / 8) * 8

const PAGE = 65_536
/** Bytes of the kernels' constants, and more. */
const RESERVED = 2048

/** @param count numbers of all arrays, each padded */
export const openKernels = (count: number): Kernels => {
  const found = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly
  try {
    const { Module, Instance, Memory } = found!
    const memory = new Memory({ initial: Math.ceil((RESERVED + 4 * count) / PAGE) })
    const bytes = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16))
    const { exports } = new Instance(new Module(bytes), { env: { memory } })
    let end = RESERVED
    return {
      ...exports,
      floats: (length) => {
        end += 4 * length
        return new Float32Array(memory.buffer, end - 4 * length, length)
      },
    }
  } catch (error) {
    throw new RangeError(
      `WebAssembly: expected SIMD, and 'wasm-unsafe-eval' in the content security policy, got ${String(error)}: or act with ppo.actor`,
    )
  }
}

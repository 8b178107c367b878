import type { Memory } from '../backend.ts'
import type { Arithmetic } from '../kernels.ts'
import { hex } from './bytes.ts'

/** The kernels that assembly/index.ts exports. */
export type KernelName =
  | keyof Arithmetic['matmul']
  | keyof Arithmetic['dense']
  | keyof Arithmetic['softmax']
  | keyof Arithmetic['vector']
  | 'adam'

/** What assembly/index.ts exports. Pointers are bytes; a null bias is 0. */
export type Exports = Readonly<Record<KernelName, (...numbers: number[]) => number | undefined>> & {
  readonly firstFree: () => number
  readonly setScratch: (at: number) => void
}

/** A memory that WebAssembly made. */
export interface WasmMemory extends Memory {
  readonly grow: (pages: number) => number
}

/** The part of the WebAssembly namespace that is used here: no library of types for it is needed. */
interface WebAssemblyApi {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: Exports }
  readonly Memory: new (size: {
    readonly initial: number
    readonly maximum: number
    readonly shared: boolean
  }) => WasmMemory
}

/** Bytes of a page, in which memories are counted. */
export const PAGE = 65536
const MOST_PAGES = 65536

/** Bytes at the start of a memory where the module's own constants are. */
export const RESERVED = 2048

const api = (): WebAssemblyApi | undefined =>
  (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly

/** The import of env.memory as the module has it, up to the flags of its limits. */
const MEMORY_IMPORT = [3, ...'env'.split(''), 6, ...'memory'.split(''), 2].map((x) =>
  typeof x === 'string' ? x.charCodeAt(0) : x,
)
const HAS_MAXIMUM = 1

/**
 * The module as bytes, for a memory that is shared or one that is not: they differ in one flag, and
 * a page may have the second where it may not have the first.
 */
export const moduleBytes = (shared: boolean): Uint8Array => {
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  if (shared) return bytes
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, j) => bytes[i + j] === byte))
  bytes[at + MEMORY_IMPORT.length] = HAS_MAXIMUM
  return bytes
}

/** The smallest module with vectors: a function that counts the bits of sixteen zeros. */
const PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]

/** Whether this engine has WebAssembly with 128-bit vectors, and a page's content policy lets it compile. */
export const isSupported = (): boolean => {
  const found = api()
  const probe = Uint8Array.from(PROBE)
  if (found === undefined || !found.validate(probe)) return false
  try {
    return new found.Module(probe) instanceof Object
  } catch {
    return false
  }
}

const required = (): WebAssemblyApi => {
  const found = api()
  if (found === undefined || !isSupported())
    throw new RangeError(
      "backend: expected an engine that has WebAssembly SIMD and may compile it, got one that does not or may not: use 'js'",
    )
  return found
}

export const newMemory = (bytes: number, shared: boolean): WasmMemory => {
  const pages = Math.ceil(bytes / PAGE)
  if (pages > MOST_PAGES)
    throw new RangeError(
      `memory: expected at most 4 GiB, got ${bytes} bytes: use smaller networks or batches`,
    )
  return new (required().Memory)({ initial: pages, maximum: shared ? pages : MOST_PAGES, shared })
}

// Compiled once a process and kind; an instance costs little.
const modules = new Map<boolean, object>()

export const instantiate = (memory: Memory): Exports => {
  const { Module, Instance } = required()
  const shared = !(memory.buffer instanceof ArrayBuffer)
  const module = modules.get(shared) ?? new Module(moduleBytes(shared))
  modules.set(shared, module)
  const { exports } = new Instance(module, { env: { memory } })
  if (exports.firstFree() > RESERVED)
    throw new RangeError(`RESERVED: expected at least ${exports.firstFree()}, got ${RESERVED}`)
  return exports
}

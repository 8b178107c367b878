import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { Backend } from '../backend.ts'
import type { AdamKernel, Arithmetic } from '../kernels.ts'
import { heapMachine, type Machine } from '../machine.ts'
import { scratchOf } from '../scratch.ts'
import {
  instantiate,
  newMemory,
  PAGE,
  RESERVED,
  type Exports,
  type KernelName,
} from './instance.ts'

type Call = (name: KernelName, args: readonly unknown[]) => unknown

/** The exports of the module by the groups of the kernels whose names they bear. */
const GROUPS = {
  matmul: ['nn', 'tn', 'nt'],
  dense: ['affineTanh', 'tanhBackward', 'sumRows'],
  softmax: ['logSoftmax'],
  vector: ['sumSquares', 'scale', 'exp', 'add', 'atLeast', 'mask'],
} as const satisfies Readonly<Record<string, readonly KernelName[]>>

/** The kernels, each as a call by its name. */
const kernelsBy = (call: Call): Arithmetic => {
  const of =
    (name: KernelName) =>
    (...args: readonly unknown[]) =>
      call(name, args)
  const groups = Object.entries(GROUPS).map(([group, names]) => [
    group,
    Object.fromEntries(names.map((name) => [name, of(name)])),
  ])
  return { ...Object.fromEntries(groups), adam: of('adam') } as Arithmetic
}

/** Kernels of each element, which take the length of their first array instead of sizes. */
const ELEMENTWISE: ReadonlySet<string> = new Set<KernelName>(['tanhBackward', ...GROUPS.vector])

/** Where a view begins, in bytes, and any other argument as the number that it is; 0 stands for none. */
const pointer = (arg: unknown): number =>
  arg === null ? 0 : typeof arg === 'number' ? arg : (arg as Float32Array).byteOffset

/** What an export takes for the arguments of its kernel. That views are of its memory is not checked. */
const numbersOf = (name: KernelName, args: readonly unknown[]): readonly number[] => {
  const numbers: number[] = []
  for (let i = 0; i < args.length; i++) numbers.push(pointer(args[i]))
  if (ELEMENTWISE.has(name)) numbers.push((args[0] as ReadonlyNumbers).length)
  return numbers
}

const callAdam = ({ adam }: Exports, args: Parameters<AdamKernel>): void => {
  const [step, mNext, vNext, g, m, v, scalars] = args
  adam(
    pointer(step),
    pointer(mNext),
    pointer(vNext),
    pointer(g),
    pointer(m),
    pointer(v),
    step.length,
    scalars.beta1,
    scalars.beta2,
    1 - scalars.beta1,
    1 - scalars.beta2,
    scalars.epsilon,
    scalars.learningRate / scalars.correction1,
    1 / Math.sqrt(scalars.correction2),
  )
}

/** A call of an export by numbers alone. With as many as it takes, it costs least. */
const prepared = (exports: Exports, name: KernelName, args: readonly unknown[]) => {
  const call = exports[name]
  const n = numbersOf(name, args)
  const [a, b, c, d, e, f, g] = [n[0]!, n[1]!, n[2]!, n[3]!, n[4]!, n[5]!, n[6]!]
  if (n.length === 2) return () => call(a, b)
  if (n.length === 3) return () => call(a, b, c)
  if (n.length === 4) return () => call(a, b, c, d)
  if (n.length === 6) return () => call(a, b, c, d, e, f)
  return () => call(a, b, c, d, e, f, g)
}

/** Calls a kernel on views of the memory of its module. */
const callIn =
  (exports: Exports): Call =>
  (name, args) =>
    name === 'adam'
      ? callAdam(exports, args as Parameters<AdamKernel>)
      : prepared(exports, name, args)()

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

const isArray = (arg: unknown): arg is ReadonlyNumbers =>
  typeof arg === 'object' && arg !== null && 'length' in arg

/** How many of its first arguments a kernel fills. */
const outputsOf = (name: KernelName): number =>
  name === 'sumSquares' ? 0 : name === 'adam' ? 3 : 1

/** Kernels over arrays from anywhere: they are copied into a memory, worked on, and copied out. */
const copying = (): Machine => {
  const open = () => {
    const memory = newMemory(RESERVED, false)
    return { memory, exports: instantiate(memory), buffer: memory.buffer }
  }
  // Opened by the first call. The memory grows to what the largest call took.
  let room: ReturnType<typeof open> | null = null

  const kernels = kernelsBy((name, args) => {
    room ??= open()
    const { memory, exports } = room
    let bytes = RESERVED
    const places = args.map((arg) => {
      const place = bytes
      if (isArray(arg)) bytes = aligned(bytes + 4 * arg.length)
      return place
    })
    const sizes = args.filter((arg) => typeof arg === 'number')
    const missing = bytes + 4 * scratchOf(name, sizes) - room.buffer.byteLength
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE))
      room = { ...room, buffer: memory.buffer }
    }
    exports.setScratch(bytes)
    const { buffer } = room
    const outputs = outputsOf(name)
    const views = args.map((arg, i) => {
      if (!isArray(arg)) return arg
      const isMask = name === 'mask' && i === 2
      const view = isMask
        ? new Uint8Array(buffer, places[i], arg.length)
        : new Float32Array(buffer, places[i], arg.length)
      if (i >= outputs) view.set(arg)
      return view
    })
    const result = callIn(exports)(name, views)
    for (let i = 0; i < outputs; i++) (args[i] as Float32Array).set(views[i] as Float32Array)
    return result
  })
  return heapMachine('wasm', 'f32', kernels)
}

/**
 * WebAssembly with 128-bit vectors, in AssemblyScript (assembly/): the bits of the js backend, by the
 * same operations in the same order, four at a time. No relaxed SIMD.
 *
 * @throws RangeError at use, where the engine has no WebAssembly with SIMD
 */
export const wasm: Backend<'wasm'> = {
  name: 'wasm',
  dtype: 'f32',
  machine: copying(),
  memory: newMemory,
  reserved: RESERVED,
  over: (memory, scratch) => {
    const exports = instantiate(memory)
    exports.setScratch(scratch.byteOffset)
    return {
      ...kernelsBy(callIn(exports)),
      // Views are asked for their places once.
      prepare: (name, args) =>
        prepared(exports, name.slice(name.indexOf('.') + 1) as KernelName, args),
    }
  },
}

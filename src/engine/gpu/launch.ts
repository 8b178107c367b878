import type { Device, DeviceKernel } from '../../kernel/gpu/device.ts'
import type { Handle, Input, Result } from '../../kernel/gpu/gpujs.ts'
import type { GpuForm } from '../../kernel/form.ts'
import type { Numbers } from '../../tensor/tensor.ts'
import { wholeOf } from './contents.ts'
import { graph, type Graph } from './graph.ts'
import { joining } from './joining.ts'
import { fillKernel, flatKernel, joinKernel, type KernelText } from './kernelText.ts'
import { reachable, type InputValue, type Piece, type Value } from './value.ts'

/** An operation of a launch. */
export interface Step {
  readonly name: string
  readonly form: GpuForm
}

/** Operations that a device runs as one piece of work. */
export interface Launch {
  /** arrays uploaded and downloaded each time */
  readonly up: number
  readonly down: number
  /** Runs it on what the host's arrays hold, with the live numbers of its steps in their order. */
  readonly run: (live: Float32Array) => Promise<void>
  readonly destroy: () => Promise<void>
}

/** Compiles kernels, once for each text and size. */
const compiler = (device: Device) => {
  const kernels = new Map<string, DeviceKernel>()
  return {
    compiled: ({ source, output }: KernelText): DeviceKernel => {
      const key = `${output.join(' ')} ${source}`
      const kernel = kernels.get(key) ?? device.kernel(source, { output })
      kernels.set(key, kernel)
      return kernel
    },
    destroy: () => {
      for (const kernel of kernels.values()) kernel.destroy()
    },
  }
}

/** Copies the rows of a result one after the other from `at` on; returns where they end. */
const copyInto = (out: Numbers, result: Result, at: number): number => {
  if (!(result instanceof Float32Array))
    return result.reduce<number>((from, row) => copyInto(out, row, from), at)
  out.set(result, at)
  return at + result.length
}

/** What a launch moves: the arrays to download and their values, and the inputs that those need. */
interface Traffic {
  readonly arrays: readonly Numbers[]
  readonly outputs: readonly Value[]
  readonly values: readonly Value[]
  readonly inputs: readonly InputValue[]
}

/** Downloads what is wanted, and what has changed and is an input, because the next launch reads it again. */
const trafficOf = ({ isChanged, valueOf }: Graph, wanted: readonly Numbers[]): Traffic => {
  const arrays = new Map<ArrayBufferLike, Numbers>()
  const add = (x: Numbers): void => {
    if (isChanged(x)) arrays.set(x.buffer, wholeOf(x))
  }
  wanted.forEach(add)
  for (;;) {
    const before = arrays.size
    const outputs = [...arrays.values()].map(valueOf)
    const values = reachable(outputs)
    const inputs = values.filter((value): value is InputValue => value.kind === 'input')
    for (const { x } of inputs) add(x)
    if (arrays.size === before) return { arrays: [...arrays.values()], outputs, values, inputs }
  }
}

const inputOf = (device: Device, { x, sizes }: InputValue): Input =>
  device.input(x instanceof Float32Array ? x : Float32Array.from(x), ...sizes.toReversed())

/**
 * Plans operations that run one after the other. Values stay on the device between them, and
 * operations that no downloaded array depends on are left out.
 *
 * @param wanted arrays that the host reads afterwards
 */
export const launchOf = (
  device: Device,
  steps: readonly Step[],
  wanted: readonly Numbers[],
): Launch => {
  const all = graph()
  let numbers = 0
  for (const { name, form } of steps) {
    all.add(name, form, numbers)
    numbers += form.live?.names.length ?? 0
  }
  const { arrays, outputs, values, inputs } = trafficOf(all, wanted)
  const { isJoined, groups } = joining(values, outputs)
  const { compiled, destroy } = compiler(device)

  const write = (live: Handle, given: readonly Handle[]): readonly Handle[] => {
    const handles = new Map<Value, Handle>(inputs.map((input, n) => [input, given[n]!]))
    const call = (kernel: KernelText): Handle => {
      const { step } = compiled(kernel)
      const args = kernel.values.map((value) => handles.get(value)!)
      return step(...args, ...(kernel.starts.length > 0 ? [live] : []), ...kernel.starts)
    }
    /** One kernel, or one for each group of pieces and then one for their results. */
    const join = (pieces: readonly Piece[]): Handle => {
      const parts = groups(pieces)
      if (parts.length === 1) return call(joinKernel(pieces, isJoined))
      return join(
        parts.map((part): Piece => {
          const length = part.reduce((sum, piece) => sum + piece.length, 0)
          const value: Value = { kind: 'join', id: -1, sizes: [length], pieces: part }
          handles.set(value, call(joinKernel(part, isJoined)))
          return { value, at: 0, length }
        }),
      )
    }
    for (const value of values) {
      if (value.kind === 'fill' && !isJoined(value))
        handles.set(value, call(fillKernel(value, isJoined)))
      if (value.kind === 'flat') handles.set(value, call(flatKernel(value.of)))
      if (value.kind === 'join') handles.set(value, join(value.pieces))
    }
    return outputs.map((value) => handles.get(value)!)
  }

  const plan = device.plan(inputs.length + 1, (live, ...given) => write(live, given))

  return {
    up: inputs.length + 1,
    down: outputs.length,
    run: async (live) => {
      const uploads = inputs.map((input) => inputOf(device, input))
      const results = await plan.run(device.input(live, live.length), ...uploads)
      arrays.forEach((x, n) => copyInto(x, results[n]!, 0))
    },
    destroy: async () => {
      await plan.destroy()
      destroy()
    },
  }
}

import type { Device, DeviceKernel } from '../../kernel/gpu/device.ts'
import type { Handle, Input, Result } from '../../kernel/gpu/gpujs.ts'
import type { GpuForm } from '../../kernel/form.ts'
import type { Numbers } from '../../tensor/tensor.ts'
import { graph, wholeOf, type InputValue, type Piece, type Value } from './graph.ts'
import { joining, reachable } from './joining.ts'
import { fillKernel, flatKernel, joinKernel, type Kernel } from './text.ts'

/** An operation of a launch. */
export interface Step {
  readonly name: string
  readonly form: GpuForm
}

/** Operations as one piece of work on a device. */
export interface Launch {
  /** arrays that go up and come down each time */
  readonly up: number
  readonly down: number
  /** Runs it on what its arrays hold, and with the live numbers of its steps, in their order. */
  readonly run: (live: Float32Array) => Promise<void>
  readonly destroy: () => Promise<void>
}

/** Makes kernels, once for each text and size. */
const kernels = (device: Device) => {
  const made = new Map<string, DeviceKernel>()
  return {
    step: ({ source, output }: Kernel): DeviceKernel['step'] => {
      const name = `${output.join(' ')} ${source}`
      const kernel = made.get(name) ?? device.kernel(source, { output })
      made.set(name, kernel)
      return kernel.step
    },
    destroy: () => {
      for (const kernel of made.values()) kernel.destroy()
    },
  }
}

/** Copies the rows of a result, one after the other; returns where they end. */
const copyInto = (out: Numbers, result: Result, at: number): number => {
  if (!(result instanceof Float32Array))
    return result.reduce<number>((from, row) => copyInto(out, row, from), at)
  out.set(result, at)
  return at + result.length
}

/** Values of arrays that come down: those wanted, and those that the next launch reads again. */
const results = (all: ReturnType<typeof graph>, wanted: readonly Numbers[]) => {
  const arrays = new Map<ArrayBufferLike, Numbers>()
  const add = (x: Numbers): void => {
    if (all.isChanged(x)) arrays.set(x.buffer, wholeOf(x))
  }
  wanted.forEach(add)
  for (;;) {
    const [before, outputs] = [arrays.size, [...arrays.values()].map(all.valueOf)]
    const values = reachable(outputs)
    const inputs = values.filter((value): value is InputValue => value.kind === 'input')
    for (const { x } of inputs) add(x)
    if (arrays.size === before) return { arrays: [...arrays.values()], outputs, values, inputs }
  }
}

/**
 * Works out what a device has to do for operations, one after the other: what none of the arrays
 * that come down is made of is left out, and values stay on the device between them.
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
  const { arrays, outputs, values, inputs } = results(all, wanted)
  const { isJoined, groups } = joining(values, outputs)
  const { step, destroy } = kernels(device)

  const write = (live: Handle, given: readonly Handle[]): readonly Handle[] => {
    const handles = new Map<Value, Handle>(inputs.map((input, n) => [input, given[n]!]))
    const call = (kernel: Kernel): Handle => {
      const args = kernel.values.map((value) => handles.get(value)!)
      return step(kernel)(...args, ...(kernel.places.length > 0 ? [live] : []), ...kernel.places)
    }
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

  const plan = device.plan(inputs.length + 1, (live, ...given) => write(live!, given))

  const inputOf = ({ x, sizes }: InputValue): Input => {
    const numbers = x instanceof Float32Array ? x : Float32Array.from(x)
    return device.input(numbers, ...[...sizes].reverse())
  }

  return {
    up: inputs.length + 1,
    down: outputs.length,
    run: async (live) => {
      const found = await plan.run(device.input(live, live.length), ...inputs.map(inputOf))
      arrays.forEach((x, n) => copyInto(x, found[n]!, 0))
    },
    destroy: async () => {
      await plan.destroy()
      destroy()
    },
  }
}

import type { Arithmetic, Kernels } from '../kernel/kernels.ts'
import { bytesOf, layOut, type Layout } from '../kernel/layout.ts'
import { scratchLength } from '../kernel/maker.ts'
import { isMakerName, makers } from '../kernel/makers.ts'
import type { Dense } from '../nn/dense.ts'
import { data, type Floats } from '../tensor/tensor.ts'
import type { PolicyParams } from './policy.ts'

/** A policy network for one row at a time: fill `input`, call `run`, read `output`. */
export interface RowNetwork {
  readonly input: Floats
  readonly output: Floats
  readonly run: () => void
}

interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly x: Floats
  readonly weight: Floats
  readonly bias: Floats
  readonly y: Floats
}

interface Chain {
  readonly input: Floats
  readonly layers: readonly Layer[]
  readonly output: Floats
}

/** Allocates layers, each with the output of the one before as its input. */
const layChain = (dense: readonly Dense[], alloc: (length: number) => Floats): Chain => {
  const input = alloc(dense[0]!.weight.shape[0])
  let x = input
  const layers = dense.map(({ weight: { shape } }): Layer => {
    const [inputs, outputs] = shape
    const [weight, bias, y] = [alloc(inputs * outputs), alloc(outputs), alloc(outputs)]
    const layer = { inputs, outputs, x, weight, bias, y }
    x = y
    return layer
  })
  return { input, layers, output: x }
}

/** Lays out the layers in the maker's memory, which avoids copies; f64 uses ordinary arrays. */
const laid = (kernels: Kernels, dense: readonly Dense[]): readonly [Chain, Arithmetic] => {
  const { maker: name, dtype } = kernels
  if (dtype !== 'f32' || !isMakerName(name)) return [layChain(dense, kernels.alloc), kernels]
  const maker = makers[name]
  const width = Math.max(...dense.flatMap(({ weight }) => weight.shape))
  const layout: Layout<{ readonly chain: Chain; readonly scratch: Float32Array }> = ({ f32 }) => ({
    chain: layChain(dense, f32),
    scratch: f32(scratchLength(1, width)),
  })
  const memory = maker.memory(bytesOf(layout, maker.reserved), false)
  const { chain, scratch } = layOut(layout, memory, maker.reserved)
  return [chain, maker.over(memory, scratch)]
}

/**
 * The policy network, from an observation to the outputs of its last layer, over preallocated arrays.
 * Gives the same bits as `policy.forward`, without V. A shared trunk gives its first layers.
 */
export const rowNetwork = (kernels: Kernels, { tree }: PolicyParams): RowNetwork => {
  const dense = [...Object.values(tree.trunk ?? {}), ...Object.values(tree.actor)]
  const [{ input, layers, output }, { matmul, dense: through }] = laid(kernels, dense)
  layers.forEach(({ weight, bias }, i) => {
    weight.set(data(dense[i]!.weight))
    bias.set(data(dense[i]!.bias))
  })
  const last = layers.length - 1
  return {
    input,
    output,
    run: () => {
      for (let i = 0; i <= last; i++) {
        const { x, weight, bias, y, inputs, outputs } = layers[i]!
        const apply = i < last ? through.affineTanh : matmul.nn
        apply(y, x, weight, bias, 1, inputs, outputs)
      }
    },
  }
}

import type { Arithmetic } from '../kernel/kernels.ts'
import type { Alloc } from '../kernel/layout.ts'

/** A part of the rows, whose gradient is summed by itself. */
export interface Shard {
  /** rows before it, among those at hand */
  readonly from: number
  readonly rows: number
  /** where its gradient goes, turn by turn: as many numbers as the network has parameters */
  readonly grads: readonly Float32Array[]
}

/** What one layer reads and writes. */
interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Float32Array
  readonly bias: Float32Array
  readonly x: Float32Array
  readonly y: Float32Array
  readonly dz: Float32Array
  readonly weightT: Float32Array
  readonly shards: ReadonlyArray<{
    readonly rows: number
    readonly x: Float32Array
    readonly dz: Float32Array
    readonly dWeight: readonly Float32Array[]
    readonly dBias: readonly Float32Array[]
  }>
}

/**
 * tanhMlp over arrays laid out beforehand, to the same bits: nothing is allocated, what is
 * multiplied together stays together, and each weight is transposed once a pass.
 */
export interface PlannedMlp {
  /** [rows, out], written by `forward` */
  readonly out: Float32Array
  /** [rows, out], to be filled before `backward` */
  readonly dOut: Float32Array
  readonly forward: (rows: number) => void
  readonly backward: (rows: number, turn: number) => void
}

/** Numbers in the parameters of a network of these sizes. */
export const paramCount = (sizes: readonly number[]): number => {
  let count = 0
  for (let i = 1; i < sizes.length; i++) count += (sizes[i - 1]! + 1) * sizes[i]!
  return count
}

/** The arrays of `layers`, from the input x on; parameters lie as `pack` lays them. */
export const layMlp = (
  alloc: Alloc,
  sizes: readonly number[],
  maxRows: number,
  x: Float32Array,
  params: Float32Array,
  shards: readonly Shard[],
): readonly Layer[] => {
  const layers: Layer[] = []
  let at = 0
  let input = x
  for (let i = 1; i < sizes.length; i++) {
    const [inputs, outputs] = [sizes[i - 1]!, sizes[i]!]
    const [weightAt, biasAt, end] = [at, at + inputs * outputs, at + (inputs + 1) * outputs]
    const y = alloc.f32(maxRows * outputs)
    const dz = alloc.f32(maxRows * outputs)
    layers.push({
      inputs,
      outputs,
      weight: params.subarray(weightAt, biasAt),
      bias: params.subarray(biasAt, end),
      x: input,
      y,
      dz,
      weightT: alloc.f32(i === 1 ? 0 : inputs * outputs),
      shards: shards.map(({ from, rows, grads }) => ({
        rows,
        x: input.subarray(from * inputs, (from + rows) * inputs),
        dz: dz.subarray(from * outputs, (from + rows) * outputs),
        dWeight: grads.map((all) => all.subarray(weightAt, biasAt)),
        dBias: grads.map((all) => all.subarray(biasAt, end)),
      })),
    })
    at = end
    input = y
  }
  return layers
}

export const plannedMlp = ({ matmul, dense }: Arithmetic, layers: readonly Layer[]): PlannedMlp => {
  const last = layers.length - 1
  const { y: out, dz: dOut } = layers[last]!
  return {
    out,
    dOut,

    forward: (rows) => {
      for (let i = 0; i <= last; i++) {
        const { x, weight, bias, y, inputs, outputs } = layers[i]!
        if (i < last) dense.affineTanh(y, x, weight, bias, rows, inputs, outputs)
        else matmul.nn(y, x, weight, bias, rows, inputs, outputs)
      }
    },

    backward: (rows, turn) => {
      for (let i = last; i >= 0; i--) {
        const { weight, weightT, dz, inputs, outputs, shards } = layers[i]!
        for (const shard of shards) {
          matmul.tn(shard.dWeight[turn]!, shard.x, shard.dz, shard.rows, inputs, outputs)
          dense.sumRows(shard.dBias[turn]!, shard.dz, shard.rows, outputs)
        }
        if (i === 0) break
        const below = layers[i - 1]!
        matmul.transpose(weightT, weight, inputs, outputs)
        dense.backThroughTanh(below.dz, dz, weightT, below.y, rows, inputs, outputs)
      }
    },
  }
}

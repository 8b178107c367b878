import type { ActorCriticParams, Mlp } from '../../nn/index.ts'
import type { Params } from '../../tensor/params.ts'
import { allocate, own, type Floats, type ReadonlyNumbers } from '../../tensor/tensor.ts'

/** A layer of a file. Weights are [in, out], or [out, in] as in PyTorch. */
export interface LayerSource {
  readonly inputs: number
  readonly outputs: number
  readonly weight: ReadonlyNumbers
  readonly isOutIn: boolean
  /** null: zeros */
  readonly bias: ReadonlyNumbers | null
}

/** The parts of a policy in a file. */
export interface PolicySource {
  readonly dtype: 'f32' | 'f64'
  readonly trunk: readonly LayerSource[] | null
  readonly actor: readonly LayerSource[]
  readonly logStd: ReadonlyNumbers | null
  readonly critic: readonly LayerSource[]
}

const lengthOf = (layers: readonly LayerSource[]): number =>
  layers.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0)

const fill = (to: Floats, { inputs, outputs, weight, isOutIn, bias }: LayerSource): void => {
  for (let i = 0; i < inputs; i++)
    for (let j = 0; j < outputs; j++)
      to[i * outputs + j] = weight[isOutIn ? j * inputs + i : i * outputs + j]!
  if (bias !== null) for (let j = 0; j < outputs; j++) to[inputs * outputs + j] = bias[j]!
}

/** The parameters of a policy, copied once into one flat vector. */
export const build = ({
  dtype,
  trunk,
  actor,
  logStd,
  critic,
}: PolicySource): Params<ActorCriticParams> => {
  const total = lengthOf(trunk ?? []) + lengthOf(actor) + (logStd?.length ?? 0) + lengthOf(critic)
  const flat = allocate(dtype, total) as Floats
  let at = 0
  const take = (length: number): Floats => {
    at += length
    return flat.subarray(at - length, at)
  }
  const network = (layers: readonly LayerSource[]): Mlp =>
    Object.fromEntries(
      layers.map((layer, i) => {
        const { inputs, outputs } = layer
        const numbers = take((inputs + 1) * outputs)
        fill(numbers, layer)
        const dense = {
          weight: own(['in', 'out'], [inputs, outputs], numbers.subarray(0, inputs * outputs)),
          bias: own(['out'], [outputs], numbers.subarray(inputs * outputs)),
        }
        return [`layer${i}`, dense]
      }),
    )
  const free = (values: ReadonlyNumbers) => {
    const numbers = take(values.length)
    for (let j = 0; j < values.length; j++) numbers[j] = values[j]!
    return own(['free'], [values.length], numbers)
  }
  // This is the order of the parts in the flat vector.
  const tree: ActorCriticParams = {
    ...(trunk === null ? {} : { trunk: network(trunk) }),
    actor: network(actor),
    ...(logStd === null ? {} : { logStd: free(logStd) }),
    critic: network(critic),
  }
  return { flat: own(['param'], [total], flat), tree }
}

/** Sizes from input to output. */
export const sizesOf = (mlp: Mlp): readonly number[] => {
  const layers = Object.values(mlp)
  return layers.length === 0
    ? []
    : [layers[0]!.weight.shape[0], ...layers.map(({ weight }) => weight.shape[1])]
}

import { data, ownLike, type Floats } from '../tensor/tensor.ts'
import type { Activation } from './activation.ts'
import {
  actorCriticOf,
  type ActorCritic,
  type ActorCriticCache,
  type ActorCriticTree,
} from './actorCriticOf.ts'
import type { DenseCache, WeightInit } from './dense.ts'
import type { Layer } from './layer.ts'
import { mlp, type Mlp } from './mlp.ts'
import { networkColumns, type StateIndependentLogStd } from './stateIndependentLogStd.ts'

export type { ActorCritic, ActorCriticOutput } from './actorCriticOf.ts'

/** Two multilayer perceptrons; or two linear heads, `actor` and `critic`, on one `trunk`. */
export type ActorCriticParams = ActorCriticTree<Mlp, Mlp, Mlp>

/** The sizes and choices of a multilayer actor-critic. */
export interface ActorCriticSpec {
  readonly observations: number
  readonly distParams: number
  /** outputs of each hidden layer */
  readonly hidden: readonly number[]
  /** of V's separate network, `hidden` by default; none with a shared trunk */
  readonly valueHidden?: readonly number[]
  /** `separate` by default; a shared one has the layers `hidden` */
  readonly trunk?: 'separate' | 'shared'
  /** of hidden layers; `tanh` by default */
  readonly activation?: Activation
  readonly gain: { readonly hidden: number; readonly policy: number; readonly value: number }
  /** `orthogonal` of these gains by default */
  readonly weights?: WeightInit
  /** log σ, where it is not an output of the network */
  readonly logStd?: StateIndependentLogStd
  /** where outputs of the policy start, as log σ of a network does */
  readonly outputBias?: OutputBias
}

/** Added to the first biases of these outputs. */
export interface OutputBias {
  readonly columns: readonly number[]
  readonly value: number
}

type Network = Layer<Mlp, readonly DenseCache[]>

/** A network whose last biases start elsewhere. */
const withBias = (network: Network, { columns, value }: OutputBias): Network => {
  for (const column of columns)
    if (!(Number.isInteger(column) && column >= 0 && column < network.outputs))
      throw new RangeError(
        `outputBias.columns: expected outputs from 0 to ${network.outputs - 1}, got ${column}`,
      )
  return {
    ...network,
    init: (key, dtype) => {
      const params = network.init(key, dtype)
      const [name, last] = Object.entries(params).at(-1)!
      const bias = (data(last.bias) as Floats).slice()
      for (const column of columns) bias[column]! += value
      return { ...params, [name]: { ...last, bias: ownLike(last.bias, bias) } }
    },
  }
}

/**
 * Multilayer perceptrons for the policy and V, as one value with parameters
 * `{ trunk?, actor, logStd?, critic }`.
 *
 * @throws RangeError when V has its own layers on a shared trunk, or a column of log σ or of `outputBias` does not exist
 */
export const actorCritic = (
  spec: ActorCriticSpec,
): ActorCritic<ActorCriticParams, ActorCriticCache> => {
  const { observations, distParams, hidden, valueHidden, gain, logStd, outputBias } = spec
  const { trunk = 'separate', weights = 'orthogonal', activation = 'tanh' } = spec
  if (trunk === 'shared' && valueHidden !== undefined)
    throw new RangeError(
      `valueHidden: expected none on a shared trunk, got [${valueHidden.join(', ')}]: leave it out`,
    )
  const outputs = networkColumns(distParams, logStd?.columns ?? []).length
  const network = (
    sizes: readonly number[],
    output: number,
    last: Activation = 'linear',
  ): Network =>
    mlp({
      sizes,
      gain: { hidden: gain.hidden, output },
      weights,
      activation,
      last,
    })
  const shared =
    trunk === 'shared' ? network([observations, ...hidden], gain.hidden, activation) : null
  const below = (own: readonly number[]): readonly number[] =>
    shared === null ? [observations, ...own] : [shared.outputs]
  const actor = network([...below(hidden), outputs], gain.policy)
  return actorCriticOf({
    trunk: shared,
    actor: outputBias === undefined ? actor : withBias(actor, outputBias),
    critic: network([...below(valueHidden ?? hidden), 1], gain.value),
    ...(logStd === undefined ? {} : { logStd }),
  })
}

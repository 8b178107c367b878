import type { Kernels } from '../kernel/kernels.ts'
import { split, type Key } from '../random/key.ts'
import { pack, type Params } from '../tensor/params.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { WeightInit } from './dense.ts'
import { initFree, networkColumns, type FreeColumns } from './freeColumns.ts'
import * as mlp from './tanhMlp.ts'

/**
 * The policy's parameters and V of one observation. Two separate networks; or two linear heads,
 * `actor` and `critic`, on the features of one `trunk`, whose layers are all tanh.
 */
export type ActorCritic = {
  readonly trunk?: mlp.TanhMlp
  readonly actor: mlp.TanhMlp
  /** parameters of the distribution that no state changes */
  readonly logStd?: Tensor<['free']>
  /** V's own come last, so that all before them is the policy's */
  readonly critic: mlp.TanhMlp
}

export interface ActorCriticSpec {
  readonly observations: number
  readonly distParams: number
  readonly hidden: readonly number[]
  /** of V's own network, `hidden` unless said otherwise; none where the trunk is shared */
  readonly valueHidden?: readonly number[]
  /** `separate` unless said otherwise; a shared one has the layers `hidden` */
  readonly trunk?: 'separate' | 'shared'
  readonly gain: { readonly hidden: number; readonly policy: number; readonly value: number }
  /** `orthogonal` of these gains unless said otherwise */
  readonly weights?: WeightInit
  /** columns of the distribution's parameters that are no outputs of the network */
  readonly free?: FreeColumns
}

/**
 * The networks' first parameters, `{ actor, critic }` and what else the spec asks for.
 *
 * @throws RangeError when V has layers of its own on a shared trunk, or the free columns are no
 * columns
 */
export const init = (kernels: Kernels, key: Key, spec: ActorCriticSpec): Params<ActorCritic> => {
  const { observations, distParams, hidden, valueHidden, gain, free } = spec
  const { trunk = 'separate', weights = 'orthogonal' } = spec
  const outputs = networkColumns(distParams, free?.columns ?? []).length
  const network = (from: Key, sizes: readonly number[], outputGain: number): mlp.TanhMlp =>
    mlp.init(kernels, from, { sizes, hiddenGain: gain.hidden, outputGain, weights })
  const logStd = free === undefined ? {} : { logStd: initFree(kernels, free) }
  if (trunk === 'separate') {
    const [actorKey, criticKey] = split(key, 2)
    return pack<ActorCritic>({
      actor: network(actorKey, [observations, ...hidden, outputs], gain.policy),
      ...logStd,
      critic: network(criticKey, [observations, ...(valueHidden ?? hidden), 1], gain.value),
    })
  }
  if (valueHidden !== undefined)
    throw new RangeError(
      `valueHidden: expected none on a shared trunk, got [${valueHidden.join(', ')}]: leave it out`,
    )
  const [trunkKey, actorKey, criticKey] = split(key, 3)
  const features = hidden.at(-1) ?? observations
  return pack<ActorCritic>({
    trunk: network(trunkKey, [observations, ...hidden], gain.hidden),
    actor: network(actorKey, [features, outputs], gain.policy),
    ...logStd,
    critic: network(criticKey, [features, 1], gain.value),
  })
}

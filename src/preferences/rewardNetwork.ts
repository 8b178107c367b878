import type { DenseCache } from '../nn/dense.ts'
import type { Layer } from '../nn/layer.ts'
import { mlp, type Mlp } from '../nn/mlp.ts'
import type { Key } from '../random/key.ts'
import { pack, type Params } from '../tensor/params.ts'
import type { ClipForm } from './clip.ts'
import { inputSize } from './stepInputs.ts'

/** A network that rates a step: (observation, action, over) → r̂. */
export interface RewardNetwork {
  readonly form: ClipForm
  /** inputs of steps [B, feature] → [B, feature=1] */
  readonly network: Layer<Mlp, readonly DenseCache[]>
  readonly init: (key: Key, dtype?: 'f32' | 'f64') => Params<Mlp>
}

/**
 * A multilayer perceptron with tanh layers and a linear scalar.
 *
 * @param hidden outputs of each tanh layer
 */
export const rewardNetwork = (
  form: ClipForm,
  hidden: readonly number[] = [32, 32],
): RewardNetwork => {
  const network = mlp({ sizes: [inputSize(form), ...hidden, 1], gain: { hidden: 1, output: 0.1 } })
  return { form, network, init: (key, dtype = 'f32') => pack(network.init(key, dtype)) }
}

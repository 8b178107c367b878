import * as E from 'fp-ts/lib/Either.js'
import type { PolicyParams } from '../../algo/policy.ts'
import { leaves } from '../../tensor/params.ts'
import { reshape, transpose, type Tensor } from '../../tensor/tensor.ts'
import * as safetensors from '../../format/safetensors.ts'
import { extrasOf, refusal, type TorchNames, type TorchSource } from './torchExtras.ts'

type Part = 'trunk' | 'actor' | 'critic'

/**
 * Both keep tanh layers in an `nn.Sequential`, where every other module is a Tanh: layer i is number
 * 2i. The last layers of Stable-Baselines3 are modules of their own, and so are CleanRL's where they
 * share a network; `shared_net` is of Stable-Baselines3 before version 2.
 */
const moduleName = (
  names: TorchNames,
  { tree }: PolicyParams,
  part: Part,
  layer: number,
): string => {
  const isLast = layer === Object.keys(tree[part] ?? {}).length - 1
  if (names === 'sb3') {
    if (part === 'trunk') return `mlp_extractor.shared_net.${2 * layer}`
    if (isLast) return part === 'actor' ? 'action_net' : 'value_net'
    return `mlp_extractor.${part === 'actor' ? 'policy' : 'value'}_net.${2 * layer}`
  }
  if (part === 'trunk') return `network.${2 * layer}`
  const name = part === 'actor' && tree.logStd !== undefined ? 'actor_mean' : part
  return tree.trunk === undefined ? `${name}.${2 * layer}` : name
}

/** What a parameter is called there. */
const nameOf = (names: TorchNames, params: PolicyParams, path: string): string => {
  if (path === 'logStd') return names === 'sb3' ? 'log_std' : 'actor_logstd'
  const [part, layer, kind] = path.split('.') as [Part, string, string]
  return `${moduleName(names, params, part, Number(layer.slice('layer'.length)))}.${kind}`
}

/** `nn.Linear` computes x Wᵀ + b of a weight [out, in]; CleanRL's log σ is a row. */
const asTorch = (names: TorchNames, leaf: Tensor): Tensor => {
  const [rows, columns] = leaf.shape as readonly [number, number?]
  if (columns !== undefined) return transpose(leaf as Tensor<['in', 'out']>)
  return names === 'cleanrl' && leaf.dims[0] === 'free'
    ? reshape(leaf, ['row', 'free'], [1, rows])
    : leaf
}

/** A safetensors file, and warnings about what its reader must do beyond loading it. */
export interface TorchFile {
  readonly bytes: Uint8Array
  readonly warnings: readonly string[]
}

/**
 * Parameters as a safetensors file that PyTorch loads into a network of the same layers:
 *
 * | | Stable-Baselines3 | CleanRL |
 * | --- | --- | --- |
 * | policy | `mlp_extractor.policy_net.0.weight` …, `action_net.weight` | `actor.0.weight` …, of a box `actor_mean.0.weight` … |
 * | V | `mlp_extractor.value_net.0.weight` …, `value_net.weight` | `critic.0.weight` … |
 * | a shared trunk | `mlp_extractor.shared_net.0.weight` … | `network.0.weight` …, `actor.weight`, `critic.weight` |
 * | free log σ | `log_std` [n] | `actor_logstd` [1, n] |
 *
 * Weights are [out, in] there. What a run has beside its networks is written as tensors that
 * neither library has, so that `load_state_dict` names them, or skips them with `strict=False`:
 * `obs_rms.mean var count epsilon clip` of normalised observations, `ret_rms.…` of scaled rewards,
 * and `action.low high` of actions that a tanh keeps within bounds.
 *
 * @returns the file, and warnings about what its reader must do beyond loading it; Left for a product
 * of spaces and for a state-dependent log σ, which neither library supports
 */
export const encodeTorch =
  (names: TorchNames) =>
  (source: TorchSource): E.Either<string, TorchFile> => {
    const refused = refusal(source)
    if (refused !== null) return E.left(refused)
    const { params } = source.trained
    const { tensors, metadata, warnings } = extrasOf(names, source)
    const layers = leaves(params.tree).map(
      ([path, leaf]) => [nameOf(names, params, path), asTorch(names, leaf)] as const,
    )
    return E.right({ bytes: safetensors.encode([...layers, ...tensors], metadata), warnings })
  }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { PolicyParams } from '../algo/policy.ts'
import { leaves, withFlat } from '../tensor/params.ts'
import {
  allocate,
  reshape,
  size,
  transpose,
  type Floats,
  type Numbers,
  type Tensor,
} from '../tensor/tensor.ts'
import * as safetensors from './safetensors.ts'

/** Whose names: those of Stable-Baselines3's `MlpPolicy`, or of the `Agent` in CleanRL's files. */
export type TorchNames = 'sb3' | 'cleanrl'

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
 * Weights are [out, in] there. Statistics that observations are normalised by have no name in
 * either; neither library has a log σ that depends on the state, which would be columns of the last
 * layer here.
 *
 * @returns Left for a product of a box and other spaces, which neither library has
 */
export const encodeTorch =
  (names: TorchNames) =>
  (params: PolicyParams): E.Either<string, Uint8Array> => {
    const { actor, logStd } = params.tree
    const outputs = Object.values(actor).at(-1)?.weight.shape[1]
    if (logStd !== undefined && logStd.shape[0] !== outputs)
      return E.left(
        `logStd: expected a log σ for each of ${outputs} outputs, as of a box, got ${logStd.shape[0]}: these names have no mixed actions`,
      )
    return E.right(
      safetensors.encode(
        leaves(params.tree).map(
          ([path, leaf]) => [nameOf(names, params, path), asTorch(names, leaf)] as const,
        ),
      ),
    )
  }

const described = (t: { readonly dtype: string; readonly shape: readonly number[] }): string =>
  `${t.dtype} [${t.shape.join(', ')}]`

/** The way back from `asTorch`, into the place of a leaf among all parameters. */
const fromTorch = (flat: Floats, at: number, values: Numbers, leaf: Tensor): void => {
  const [inputs, outputs] = leaf.shape as readonly [number, number?]
  if (outputs === undefined) {
    flat.set(values, at)
    return
  }
  for (let j = 0; j < outputs; j++)
    for (let i = 0; i < inputs; i++) flat[at + i * outputs + j] = values[j * inputs + i]!
}

/**
 * The parameters in such a file, for a policy that looks like `like`: the way back from
 * `encodeTorch`, to the bit.
 *
 * @returns a function of the file's bytes; Left names the tensor that is missing, has another shape
 * or element type, or belongs to no layer of `like`
 */
export const decodeTorch =
  (names: TorchNames) =>
  (like: PolicyParams) =>
  (bytes: Uint8Array): E.Either<string, PolicyParams> =>
    pipe(
      safetensors.decode(bytes),
      E.flatMap((stored) => {
        const flat = allocate(like.flat.dtype, size(like.flat)) as Floats
        let at = 0
        const expected = new Set<string>()
        for (const [path, leaf] of leaves(like.tree)) {
          const name = nameOf(names, like, path)
          const { dtype, shape } = asTorch(names, leaf)
          const found = stored.get(name)
          if (found === undefined || described(found) !== described({ dtype, shape }))
            return E.left(
              `${name}: expected ${described({ dtype, shape })}, got ${found === undefined ? 'nothing' : described(found)}`,
            )
          expected.add(name)
          fromTorch(flat, at, found.data, leaf)
          at += size(leaf)
        }
        for (const [name, found] of stored)
          if (!expected.has(name))
            return E.left(
              `${name}: expected no such tensor in a policy of this config, got ${described(found)}`,
            )
        return E.right(withFlat(like.tree, flat))
      }),
    )

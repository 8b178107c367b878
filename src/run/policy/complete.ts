import * as E from 'fp-ts/lib/Either.js'
import type { Normaliser } from '../../algo/look.ts'
import type { PolicyParams } from '../../algo/policy.ts'
import { leaves, withFlat } from '../../tensor/params.ts'
import { data, describe, type Floats } from '../../tensor/tensor.ts'
import { mlpTree } from './mlpTree.ts'
import { build, sizesOf, type LayerSource, type PolicySource } from './build.ts'
import { failure, type FoundPolicy, type PolicyFileError, type ReadPolicy } from './policyFile.ts'

/** A policy as read from a file, before missing parts are filled in. */
interface Draft {
  readonly source: Omit<PolicySource, 'critic'> & {
    /** null if the file has no value function */
    readonly critic: readonly LayerSource[] | null
  }
  readonly normaliser: Normaliser | null
  readonly like: PolicyParams | null
  readonly found: Omit<FoundPolicy, 'layers' | 'activation'>
}

const widthsMeet = ({ trunk, actor, critic }: Draft['source']): string | null => {
  const features = trunk?.at(-1)?.outputs ?? actor[0]!.inputs
  for (const [name, layers] of [['actor', actor] as const, ['critic', critic ?? []] as const])
    if (layers.length > 0 && layers[0]!.inputs !== features)
      return `${name}: expected ${features} inputs, got ${layers[0]!.inputs}`
  return critic !== null && critic.at(-1)!.outputs !== 1
    ? `critic: expected one output, got ${critic.at(-1)!.outputs}`
    : null
}

/** A value network of one layer that returns 0. */
const noValue = (inputs: number): readonly LayerSource[] => [
  { inputs, outputs: 1, weight: new Float32Array(inputs), isOutIn: false, bias: null },
]

const layersOf = (mlp: PolicyParams['tree']['actor']): readonly LayerSource[] =>
  Object.values(mlp).map(({ weight, bias }) => ({
    inputs: weight.shape[0],
    outputs: weight.shape[1],
    weight: data(weight),
    isOutIn: false,
    bias: data(bias),
  }))

const mismatch = (like: PolicyParams, params: PolicyParams): string | null => {
  const found = new Map(leaves(params.tree))
  for (const [path, leaf] of leaves(like.tree)) {
    const other = found.get(path)
    const expected = `${leaf.dtype} ${describe(leaf.dims, leaf.shape)}`
    const got =
      other === undefined ? 'nothing' : `${other.dtype} ${describe(other.dims, other.shape)}`
    if (got !== expected) return `${path}: expected ${expected}, got ${got}`
    found.delete(path)
  }
  const [extra] = found
  return extra === undefined
    ? null
    : `${extra[0]}: expected no such tensor in a policy of this config, got ${extra[1].dtype} ${describe(extra[1].dims, extra[1].shape)}`
}

/** Fills in what the file does not have, from `like` or with V = 0, and adds a warning for each part. */
export const complete = ({
  source,
  normaliser,
  like,
  found,
}: Draft): E.Either<PolicyFileError, ReadPolicy> => {
  const wrong = widthsMeet(source)
  if (wrong !== null) return E.left(failure('damaged', wrong))
  const warnings = [...found.warnings]
  const features = source.trunk?.at(-1)?.outputs ?? source.actor[0]!.inputs
  if (source.critic === null)
    warnings.push(
      like === null
        ? 'value: the file has no value function, so V is 0 and must be learned again'
        : 'value: the file has no value function, so that of `like` is used',
    )
  const spare =
    source.logStd === null ? (like === null ? undefined : mlpTree(like).logStd) : undefined
  if (spare !== undefined) warnings.push('logStd: the file has no log σ, so that of `like` is used')
  const params = build({
    ...source,
    critic: source.critic ?? (like === null ? noValue(features) : layersOf(mlpTree(like).critic)),
    logStd: spare === undefined ? source.logStd : data(spare),
  })
  const other = like === null ? null : mismatch(like, params)
  if (other !== null) return E.left(failure('mismatch', other))
  const { trunk, actor, critic } = params.tree
  return E.right({
    // An empty trunk has no tensors in the file but is part of the tree.
    params: like === null ? params : withFlat(like.tree, data(params.flat) as Floats),
    normaliser,
    found: {
      ...found,
      warnings,
      layers: {
        trunk: trunk === undefined ? null : sizesOf(trunk),
        actor: sizesOf(actor),
        critic: sizesOf(critic),
      },
      activation: 'tanh',
    },
  })
}

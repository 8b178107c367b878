import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../../tensor/shown.ts'
import type { StoredTensor } from '../../format/safetensors.ts'
import type { LayerSource } from './build.ts'
import { failure, type FoundPolicy, type PolicyFileError } from './policyFile.ts'
import type { Tensors } from './stateNames.ts'

export type Layout = Exclude<FoundPolicy['layout'], 'graph'>
type Part = 'trunk' | 'actor' | 'critic'

/** Where a tensor belongs. Layers are ordered by their number; a separate output layer has ∞. */
interface Place {
  readonly part: Part
  readonly layer: number
  readonly kind: 'weight' | 'bias'
}

const place = (part: Part, layer: number, kind: string): Place => ({
  part,
  layer,
  kind: kind as Place['kind'],
})

const SB3 = { shared: 'trunk', policy: 'actor', value: 'critic', action: 'actor' } as const
const CLEANRL = { network: 'trunk', actor: 'actor', actor_mean: 'actor', critic: 'critic' } as const

const PLACES: { readonly [L in Layout]: (name: string) => Place | null } = {
  proximal: (name) => {
    const found = /^(trunk|actor|critic)\.layer(\d{1,3})\.(weight|bias)$/.exec(name)
    return found === null ? null : place(found[1] as Part, Number(found[2]), found[3]!)
  },
  sb3: (name) => {
    const inner = /^mlp_extractor\.(shared|policy|value)_net\.(\d{1,3})\.(weight|bias)$/.exec(name)
    if (inner !== null) return place(SB3[inner[1] as keyof typeof SB3], Number(inner[2]), inner[3]!)
    const last = /^(action|value)_net\.(weight|bias)$/.exec(name)
    return last === null ? null : place(SB3[last[1] as keyof typeof SB3], Infinity, last[2]!)
  },
  cleanrl: (name) => {
    const found = /^(network|actor|actor_mean|critic)(?:\.(\d{1,3}))?\.(weight|bias)$/.exec(name)
    if (found === null) return null
    const part = CLEANRL[found[1] as keyof typeof CLEANRL]
    return place(part, found[2] === undefined ? Infinity : Number(found[2]), found[3]!)
  },
}

/** The naming scheme of the tensors, or null if it is unknown. */
export const layoutOf = (tensors: Tensors): Layout | null => {
  const names = [...tensors.keys()]
  const layouts = ['proximal', 'sb3', 'cleanrl'] as const
  return layouts.find((layout) => names.some((name) => PLACES[layout](name) !== null)) ?? null
}

interface Found {
  readonly name: string
  readonly tensor: StoredTensor
}
type Layers = Map<number, { weight?: Found; bias?: Found }>

/** The networks of a state dict, and the names of their tensors. */
export interface Networks {
  readonly dtype: 'f32' | 'f64'
  readonly parts: { readonly [P in Part]: readonly LayerSource[] | null }
  readonly used: ReadonlySet<string>
}

const MOST_LAYERS = 256

const wrong = (kind: PolicyFileError['kind'], message: string) => E.left(failure(kind, message))

const readLayer = (
  { weight, bias }: { readonly weight?: Found; readonly bias?: Found },
  dtype: string,
  isOutIn: boolean,
): E.Either<PolicyFileError, LayerSource> => {
  if (weight === undefined)
    return wrong('damaged', `${shown(bias?.name)}: expected a weight with the bias, got none`)
  const { shape } = weight.tensor
  if (shape.length === 1)
    return wrong(
      'unsupported',
      `${shown(weight.name)} [${shape.join(', ')}]: expected only tanh layers, got a normalisation (LayerNorm)`,
    )
  if (shape.length !== 2 || shape.some((size) => size < 1))
    return wrong(
      'unsupported',
      `${shown(weight.name)}: expected two sizes >= 1, got [${shape.join(', ')}]`,
    )
  for (const { name, tensor } of bias === undefined ? [weight] : [weight, bias])
    if (tensor.dtype !== dtype || (dtype !== 'f32' && dtype !== 'f64'))
      return wrong(
        'unsupported',
        `${shown(name)}: expected f32, or f64, in all layers, got ${tensor.dtype}`,
      )
  const [rows, columns] = shape as readonly [number, number]
  const [inputs, outputs] = isOutIn ? [columns, rows] : [rows, columns]
  if (bias !== undefined && bias.tensor.shape.join() !== String(outputs))
    return wrong(
      'damaged',
      `${shown(bias.name)}: expected [${outputs}], got [${bias.tensor.shape.join(', ')}]`,
    )
  return E.right({
    inputs,
    outputs,
    weight: weight.tensor.data,
    isOutIn,
    bias: bias?.tensor.data ?? null,
  })
}

const readNetwork = (
  part: Part,
  layers: Layers,
  layout: Layout,
  dtype: string,
): E.Either<PolicyFileError, readonly LayerSource[]> => {
  const numbers = [...layers.keys()].toSorted((a, b) => a - b)
  if (numbers.length > MOST_LAYERS)
    return wrong('unsupported', `${part}: expected at most ${MOST_LAYERS} layers, got more`)
  const out: LayerSource[] = []
  for (const [i, number] of numbers.entries()) {
    const name = layers.get(number)!.weight?.name
    const before = numbers[i - 1]
    if (layout === 'proximal' && number !== i)
      return wrong('damaged', `${part}: expected layer${i}, got layer${number}`)
    const layer = readLayer(layers.get(number)!, dtype, layout !== 'proximal')
    if (E.isLeft(layer)) return layer
    if (layout !== 'proximal' && before !== undefined && number - before < 2)
      return wrong(
        'unsupported',
        `${shown(name)}: expected tanh between two layers, got layer ${before} right before it`,
      )
    const { inputs } = layer.right
    const given = out.at(-1)?.outputs ?? inputs
    if (inputs !== given)
      return wrong('damaged', `${shown(name)}: expected ${given} inputs, got ${inputs}`)
    out.push(layer.right)
  }
  return E.right(out)
}

/** Assembles the tensors of a layout into networks, and checks each network. */
export const readNetworks = (
  tensors: Tensors,
  layout: Layout,
): E.Either<PolicyFileError, Networks> => {
  const parts: { [P in Part]: Layers } = { trunk: new Map(), actor: new Map(), critic: new Map() }
  const used = new Set<string>()
  for (const [name, tensor] of tensors) {
    const where = PLACES[layout](name)
    if (where === null) continue
    const layer = parts[where.part].get(where.layer) ?? {}
    const other = layer[where.kind]
    if (other !== undefined)
      return wrong(
        'unsupported',
        `${shown(name)}: expected one head of the policy, got ${shown(other.name)} too`,
      )
    layer[where.kind] = { name, tensor }
    parts[where.part].set(where.layer, layer)
    used.add(name)
  }
  const first = [...parts.actor.values()][0]?.weight?.tensor.dtype ?? 'f32'
  const read = (part: Part) =>
    parts[part].size === 0 ? E.right(null) : readNetwork(part, parts[part], layout, first)
  const trunk = read('trunk')
  if (E.isLeft(trunk)) return trunk
  const actor = read('actor')
  if (E.isLeft(actor)) return actor
  const critic = read('critic')
  if (E.isLeft(critic)) return critic
  return E.right({
    dtype: first === 'f64' ? 'f64' : 'f32',
    parts: { trunk: trunk.right, actor: actor.right, critic: critic.right },
    used,
  })
}

import {
  allocate,
  data,
  own,
  ownLike,
  size,
  type Floats,
  type Numbers,
  type Tensor,
} from './tensor.ts'

/** Named tensors, nested as the network is: `{ actor: { hidden: […], … }, critic: … }`. */
export interface ParamTree {
  readonly [name: string]: ParamTree | Tensor
}

/**
 * A tree of parameters whose leaves lie one after the other in a single flat vector, so that
 * norms, Adam and checkpoints see one array and layers see named tensors, without a copy.
 */
export interface Params<T extends ParamTree = ParamTree> {
  readonly flat: Tensor<['param']>
  readonly tree: T
}

const isTensor = (node: ParamTree | Tensor): node is Tensor => 'dims' in node && 'buffer' in node

/** The leaves with their dotted paths, in the order in which they lie in the flat vector. */
export const leaves = (tree: ParamTree, path = ''): ReadonlyArray<readonly [string, Tensor]> =>
  Object.entries(tree).flatMap(([name, node]) =>
    isTensor(node) ? [[path + name, node] as const] : leaves(node, `${path}${name}.`),
  )

const over = (tree: ParamTree, flat: Numbers, position: { at: number }): ParamTree => {
  const out: { [name: string]: ParamTree | Tensor } = {}
  for (const name of Object.keys(tree)) {
    const node = tree[name]!
    if (isTensor(node)) {
      const from = position.at
      position.at += size(node)
      out[name] = ownLike(node, flat.subarray(from, position.at))
    } else out[name] = over(node, flat, position)
  }
  return out
}

/** The tree of `like` laid over another flat vector: gradients, moments, updated parameters. */
export const withFlat = <T extends ParamTree>(like: T, flat: Floats): Params<T> => {
  const position = { at: 0 }
  const tree = over(like, flat, position) as T
  if (position.at !== flat.length)
    throw new RangeError(`flat: expected [param=${position.at}], got [param=${flat.length}]`)
  return { flat: own(['param'], [flat.length], flat), tree }
}

/**
 * Copies the leaves of a tree of tensors into one flat vector [param]: f64 where a leaf is f64, and
 * f32 otherwise.
 */
export const pack = <T extends ParamTree>(tree: T): Params<T> => {
  const all = leaves(tree).map(([, leaf]) => leaf)
  const dtype = all.some((leaf) => leaf.dtype === 'f64') ? 'f64' : 'f32'
  const flat = allocate(
    dtype,
    all.reduce((n, leaf) => n + size(leaf), 0),
  ) as Floats
  let at = 0
  for (const leaf of all) {
    flat.set(data(leaf), at)
    at += size(leaf)
  }
  return withFlat(tree, flat)
}

/** A part of a flat vector: numbers from … to − 1. */
export type Range = readonly [from: number, to: number]

/** Where each top-level part of a tree lies in its flat vector, in order: `{ actor, critic, … }`. */
export const partRanges = <T extends ParamTree>(tree: T): { readonly [K in keyof T]: Range } => {
  let at = 0
  const ranges = Object.entries(tree).map(([name, part]) => {
    const from = at
    for (const [, leaf] of leaves({ [name]: part })) at += size(leaf)
    return [name, [from, at]]
  })
  return Object.fromEntries(ranges) as { readonly [K in keyof T]: Range }
}

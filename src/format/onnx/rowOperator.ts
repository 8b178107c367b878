import type { FileGraph, FileNode } from './readGraph.ts'
import { wholesOf } from './readTensor.ts'

/**
 * What an operator other than a layer does to rows [batch, n]: the activation (`tanh`), nothing
 * (`pass`), removing the last of two axes (`squeeze`), or transforming the outputs at the end of a
 * network (`head`).
 */
interface RowOperator {
  readonly kind: 'tanh' | 'pass' | 'squeeze' | 'head'
  /** n if the operator determines it, otherwise null */
  readonly width: number | null
}

type Rule = (graph: FileGraph, node: FileNode) => RowOperator | null

const F32 = 1

const operator = (kind: RowOperator['kind'], width: number | null = null): RowOperator => ({
  kind,
  width,
})

const always =
  (kind: RowOperator['kind']): Rule =>
  () =>
    operator(kind)

/** A numeric attribute, or `otherwise`. */
const numberOf = ({ attributes }: FileNode, name: string, otherwise: number): number =>
  attributes.get(name)?.number ?? otherwise

/** A list of whole numbers: an attribute, or a constant input. */
const listOf = (
  { constants }: FileGraph,
  { attributes, inputs }: FileNode,
  name: string,
): readonly number[] | null => {
  const axes = attributes.get(name)?.wholes
  if (axes !== undefined && axes.length > 0) return axes.map(Number)
  const constant = constants.get(inputs[1] ?? '')
  return constant === undefined ? null : wholesOf(constant)
}

const isLast = (axis: number | undefined): boolean => axis === 1 || axis === -1

/** Along the last of two axes. */
const alongLast =
  (kind: RowOperator['kind'], otherwise: number): Rule =>
  (_, node) =>
    isLast(numberOf(node, 'axis', otherwise)) ? operator(kind) : null

const squeeze: Rule = (graph, node) => {
  const axes = listOf(graph, node, 'axes')
  return axes?.length === 1 && isLast(axes[0]) ? operator('squeeze') : null
}

/** [−1 or 0, n] is what there is; [−1] takes the last axis of [batch, 1] away. */
const reshape: Rule = (graph, node) => {
  const sizes = listOf(graph, node, 'shape')
  if (sizes?.length === 1 && sizes[0] === -1) return operator('squeeze', 1)
  if (sizes?.length !== 2 || (sizes[0] !== -1 && sizes[0] !== 0)) return null
  const [batch, width] = sizes as readonly [number, number]
  if (width === -1) return batch === 0 ? operator('pass') : null
  return width > 0 ? operator('pass', width) : null
}

/** Bounds for the end of a network: all inputs but the first are constants. */
const bounds: Rule = ({ constants }, { inputs }) =>
  inputs.slice(1).every((name) => name === '' || constants.has(name)) ? operator('head') : null

/** x − log Σ exp x, as log-probabilities of categories are written. */
const normalised: Rule = ({ nodes }, { inputs: [x, y] }) => {
  const sum = nodes.get(y ?? '')
  return sum?.op === 'ReduceLogSumExp' && sum.inputs[0] === x ? operator('head') : null
}

const RULES: { readonly [op: string]: Rule } = {
  Tanh: always('tanh'),
  Identity: always('pass'),
  // Dropout is the identity in inference.
  Dropout: always('pass'),
  Cast: (_, node) => (numberOf(node, 'to', 0) === F32 ? operator('pass') : null),
  Flatten: alongLast('pass', 1),
  Reshape: reshape,
  Squeeze: squeeze,
  Softmax: alongLast('head', -1),
  LogSoftmax: alongLast('head', -1),
  ArgMax: alongLast('head', 0),
  Clip: bounds,
  Max: bounds,
  Min: bounds,
  Sub: normalised,
}

/** Classifies a node that is not a layer; null if it cannot be part of a tanh network. */
export const rowOperatorOf = (graph: FileGraph, node: FileNode): RowOperator | null =>
  Object.hasOwn(RULES, node.op) ? RULES[node.op]!(graph, node) : null

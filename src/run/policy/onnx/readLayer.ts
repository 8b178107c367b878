import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dense } from '../../../nn/dense.ts'
import { data, own, ownLike, type Tensor } from '../../../tensor/tensor.ts'
import type { FileGraph, FileNode } from '../../../format/onnx/readGraph.ts'
import { floatsOf } from '../../../format/onnx/readTensor.ts'

/** The layer that a node ends, and the name of what goes into it. */
export type Layers = (node: FileNode) => E.Either<string, readonly [Dense, string]>

type Weight = Tensor<['in', 'out']>

/** Tensors that have been read, so that what several layers share is read, and stored, once. */
interface Known {
  readonly weights: Map<string, Weight>
  readonly biases: Map<string, Float32Array>
  readonly layers: Map<string, Dense>
}

const transposed = (x: Float32Array, rows: number, columns: number): Float32Array => {
  const out = new Float32Array(x.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = x[i * columns + j]!
  return out
}

/** The name of the constant behind Identity nodes, by which exporters share what is equal. */
const behind = ({ constants, nodes }: FileGraph, name: string): string => {
  let found = name
  for (let steps = 0; steps < nodes.size && !constants.has(found); steps++) {
    const node = nodes.get(found)
    if (node?.op !== 'Identity') break
    found = node.inputs[0] ?? ''
  }
  return found
}

const constant = (graph: FileGraph, name: string) =>
  E.fromNullable(`expected ${name || 'a tensor'} to be a constant, got none of that name`)(
    graph.constants.get(behind(graph, name)),
  )

/** x times a factor, each rounded once; x itself where the factor is 1. */
const scaled = (x: Float32Array, factor: number): Float32Array =>
  factor === 1 ? x : x.map((each) => factor * each)

const weightOf =
  (graph: FileGraph, { weights }: Known) =>
  (name: string, isTransposed: boolean): E.Either<string, Weight> => {
    const key = `${isTransposed ? 'T' : 'N'}${name}`
    const known = weights.get(key)
    if (known !== undefined) return E.right(known)
    return pipe(
      constant(graph, name),
      E.filterOrElse(
        ({ shape }) => shape.length === 2 && shape.every((size) => size > 0),
        ({ shape }) => `${name}: expected two sizes >= 1, got [${shape.join(', ')}]`,
      ),
      E.flatMap((tensor) =>
        pipe(
          floatsOf(tensor),
          E.map((x) => {
            const [rows, columns] = tensor.shape as readonly [number, number]
            const weight = isTransposed
              ? own(['in', 'out'], [columns, rows], transposed(x, rows, columns))
              : own(['in', 'out'], [rows, columns], x)
            weights.set(key, weight)
            return weight
          }),
        ),
      ),
    )
  }

const biasOf =
  (graph: FileGraph, { biases }: Known) =>
  (name: string, outputs: number): E.Either<string, Float32Array> => {
    const known = biases.get(name)
    return pipe(
      known === undefined
        ? pipe(
            constant(graph, name),
            E.filterOrElse(
              ({ shape }) => shape.length === 1 || (shape.length === 2 && shape[0] === 1),
              ({ shape }) => `${name}: expected [${outputs}], got [${shape.join(', ')}]`,
            ),
            E.flatMap(floatsOf),
          )
        : E.right(known),
      E.filterOrElse(
        (x) => x.length === outputs,
        (x) => `${name}: expected [${outputs}], got [${x.length}]`,
      ),
      E.tap((x) => {
        biases.set(name, x)
        return E.right(undefined)
      }),
    )
  }

interface Parts {
  readonly input: string
  readonly weight: string
  readonly isTransposed: boolean
  /** null: zeros */
  readonly bias: string | null
  /** factors of the product and of the bias */
  readonly alpha: number
  readonly beta: number
}

/** What Gemm's attributes may be. */
const GEMM: { readonly [name: string]: (x: number) => boolean } = {
  alpha: Number.isFinite,
  beta: Number.isFinite,
  transA: (x) => x === 0,
  transB: (x) => x === 0 || x === 1,
}

/** alpha · x W + beta · b, W as it comes or turned, and x as it comes. */
const ofGemm = ({ inputs, attributes }: FileNode): E.Either<string, Parts> => {
  for (const [name, { number }] of attributes) {
    if (!Object.hasOwn(GEMM, name))
      return E.left(`${name}: expected no such attribute, got ${number}`)
    if (number === null || !GEMM[name]!(number))
      return E.left(
        `${name}: expected ${name === 'transA' ? '0' : name === 'transB' ? '0 or 1' : 'a finite number'}, got ${number}`,
      )
  }
  return E.right({
    input: inputs[0] ?? '',
    weight: inputs[1] ?? '',
    isTransposed: attributes.get('transB')?.number === 1,
    bias: inputs[2] === undefined || inputs[2] === '' ? null : inputs[2],
    alpha: attributes.get('alpha')?.number ?? 1,
    beta: attributes.get('beta')?.number ?? 1,
  })
}

/** The weight of a MatMul, which may be turned by a node of its own. */
const turned = (
  { constants, nodes }: FileGraph,
  name: string,
): readonly [name: string, isTransposed: boolean] => {
  const node = constants.has(name) ? undefined : nodes.get(name)
  const order = node?.attributes.get('perm')?.wholes.join()
  return node?.op === 'Transpose' && (order === undefined || order === '1,0')
    ? [node.inputs[0] ?? '', true]
    : [name, false]
}

const ofMatMul = (graph: FileGraph, { inputs }: FileNode, bias: string | null): Parts => {
  const [weight, isTransposed] = turned(graph, inputs[1] ?? '')
  return { input: inputs[0] ?? '', weight, isTransposed, bias, alpha: 1, beta: 1 }
}

/** A product and its bias, on either side. */
const ofAdd = (graph: FileGraph, { inputs, attributes }: FileNode): E.Either<string, Parts> => {
  const [left = '', right = ''] = inputs
  const isConstant = (name: string) => graph.constants.has(behind(graph, name))
  const [bias, product] = isConstant(left) ? [left, right] : [right, left]
  const matMul = graph.nodes.get(product)
  return attributes.size === 0 && matMul?.op === 'MatMul' && isConstant(bias)
    ? E.right(ofMatMul(graph, matMul, bias))
    : E.left(
        `expected a MatMul and a constant, got ${left} and ${right}${attributes.size > 0 ? ` with ${[...attributes.keys()].join(', ')}` : ''}`,
      )
}

const partsOf = (graph: FileGraph, node: FileNode): E.Either<string, Parts> => {
  if (node.op === 'Gemm') return ofGemm(node)
  if (node.op === 'Add') return ofAdd(graph, node)
  return E.right(ofMatMul(graph, node, null))
}

/** Reads the layers of one graph; what two of them share is one tensor. */
export const layersOf = (graph: FileGraph): Layers => {
  const known: Known = { weights: new Map(), biases: new Map(), layers: new Map() }
  const weight = weightOf(graph, known)
  const bias = biasOf(graph, known)
  const layerOf = (parts: Parts): E.Either<string, Dense> => {
    const { isTransposed, alpha, beta } = parts
    const key = JSON.stringify([parts.weight, isTransposed, parts.bias, alpha, beta])
    const layer = known.layers.get(key)
    if (layer !== undefined) return E.right(layer)
    return pipe(
      E.Do,
      E.bind('weight', () =>
        pipe(
          weight(parts.weight, isTransposed),
          E.map((w) => (alpha === 1 ? w : ownLike(w, scaled(data(w) as Float32Array, alpha)))),
        ),
      ),
      E.bind('bias', ({ weight: { shape } }) =>
        pipe(
          parts.bias === null ? E.right(new Float32Array(shape[1])) : bias(parts.bias, shape[1]),
          E.map((x) => own(['out'], [shape[1]], scaled(x, beta))),
        ),
      ),
      E.map((read) => {
        known.layers.set(key, read)
        return read
      }),
    )
  }
  return (node) =>
    pipe(
      partsOf(graph, node),
      E.flatMap((parts) =>
        pipe(
          layerOf(parts),
          E.map((layer) => [layer, parts.input] as const),
        ),
      ),
    )
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dense, Mlp } from '../../../nn/index.ts'
import { rowOperatorOf } from '../../../format/onnx/rowOperator.ts'
import { readGraph, type FileGraph, type FileNode } from '../../../format/onnx/readGraph.ts'
import { layersOf, type Layers } from './readLayer.ts'

/** A tanh network from a file, which `mlp.forward(kernels, network, x, last)` computes. */
export interface ImportedMlp {
  /** the name of what it reads */
  readonly input: string
  /** `layer0` …, with tanh between them; weights as [in, out] */
  readonly network: Mlp
  /** what the last layer goes through */
  readonly last: 'tanh' | 'linear'
}

/** A network, and the operators after its last layer and tanh, such as Softmax and ArgMax. */
export interface ImportedHead extends ImportedMlp {
  readonly head: readonly string[]
}

/** More than any network has; with them no file of small layers makes a large answer. */
const MOST_LAYERS = 256

/** What a node is in a tanh network. */
type Kind = 'layer' | 'tanh' | 'pass' | 'squeeze' | 'head'

/** A node as a step on the way back, and where it leads: towards the input. */
interface Step {
  readonly kind: Kind
  readonly layer: Dense | null
  /** how many columns the node says that there are; null where it says nothing */
  readonly width: number | null
  readonly from: string
}

const at = ({ name, op, outputs }: FileNode): string => `node ${name || outputs[0]} (${op})`

const LAYERS: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Add'])

const stepOf = (graph: FileGraph, layers: Layers, node: FileNode): E.Either<string, Step> => {
  if (LAYERS.has(node.op))
    return pipe(
      layers(node),
      E.bimap(
        (problem) => `${at(node)}: ${problem}`,
        ([layer, from]): Step => ({ kind: 'layer', layer, width: null, from }),
      ),
    )
  const found = rowOperatorOf(graph, node)
  return found === null
    ? E.left(
        `${at(node)}: expected a tanh network's Gemm, MatMul, Add, Tanh, Flatten of axis 1, Identity or Squeeze of the last axis, or an operation that leaves [batch, n] unchanged`,
      )
    : E.right({ ...found, layer: null, from: node.inputs[0] ?? '' })
}

/** The way back from an output to an input: at most as many steps as there are nodes. */
const readHead =
  (graph: FileGraph, layers: Layers) =>
  (output: string): E.Either<string, ImportedHead> => {
    const found: Dense[] = []
    const head: string[] = []
    let width: number | null = null
    let last: 'tanh' | 'linear' = 'linear'
    let isAfterTanh = false
    let name = output
    for (let steps = 0; !graph.inputs.has(name); steps++) {
      const node = graph.nodes.get(name)
      if (node === undefined)
        return E.left(`${name}: expected a node or an input of that name, got none`)
      if (steps >= graph.nodes.size)
        return E.left(`${at(node)}: expected a path from an input, got a cycle`)
      const step = stepOf(graph, layers, node)
      if (E.isLeft(step)) return step
      const { kind, layer, from } = step.right
      width = step.right.width ?? width
      if (kind === 'head') {
        if (found.length > 0 || isAfterTanh)
          return E.left(`${at(node)}: expected this only after the last layer of a tanh network`)
        head.unshift(node.op)
      }
      if (kind === 'squeeze' && (found.length > 0 || isAfterTanh))
        return E.left(`${at(node)}: expected only a layer or Tanh before the last layer`)
      if (kind === 'tanh') {
        if (isAfterTanh) return E.left(`${at(node)}: expected a layer before Tanh, got Tanh`)
        isAfterTanh = true
        if (found.length === 0) last = 'tanh'
      }
      if (layer !== null) {
        const next = found.at(-1)
        if (next !== undefined && !isAfterTanh)
          return E.left(`${at(node)}: expected Tanh between two layers, got none`)
        if (next !== undefined && next.weight.shape[0] !== layer.weight.shape[1])
          return E.left(
            `${at(node)}: expected ${next.weight.shape[0]} outputs for the next layer, got ${layer.weight.shape[1]}`,
          )
        const [, outputs] = layer.weight.shape
        if (width !== null && width !== outputs)
          return E.left(`${at(node)}: expected ${width} outputs, as reshaped, got ${outputs}`)
        width = null
        isAfterTanh = false
        if (found.push(layer) > MOST_LAYERS)
          return E.left(`${output}: expected at most ${MOST_LAYERS} layers, got more`)
      }
      name = from
    }
    if (found.length === 0) return E.left(`${output}: expected a layer, got the unchanged input`)
    if (isAfterTanh) return E.left(`${output}: expected a layer before the first Tanh, got none`)
    const network = Object.fromEntries(
      found.toReversed().map((layer, i) => [`layer${i}`, layer] as const),
    )
    const first = found.at(-1)!.weight.shape[0]
    if (width !== null && width !== first)
      return E.left(`${output}: expected ${first} inputs, got them reshaped to ${width}`)
    return E.right({ input: name, network, last, head })
  }

/** Each output of a graph, with what comes after its last layer, or what is wrong with it. */
export const readHeads = (
  graph: FileGraph,
): ReadonlyArray<readonly [string, E.Either<string, ImportedHead>]> => {
  const read = readHead(graph, layersOf(graph))
  return graph.outputs.map((name) => [name, read(name)] as const)
}

/**
 * The tanh networks of an .onnx file, as PyTorch and this library write them: Gemm (weights
 * either way round) or MatMul and Add, and Tanh, from an input to each output; what they share they
 * share here too. Operators that change nothing are seen through, such as a Cast to f32. Numbers are f32.
 *
 * @param outputs which to read; all where nothing is said
 * @returns a function of the file's bytes; Left names the node and the operator that are not part
 * of such a network, or the tensor that is not as its layer needs it. At most twice the file is
 * allocated.
 */
export const readMlps =
  (outputs?: readonly string[]) =>
  (bytes: Uint8Array): E.Either<string, ReadonlyMap<string, ImportedMlp>> =>
    pipe(
      readGraph(bytes),
      E.flatMap((graph) => {
        const read = readHead(graph, layersOf(graph))
        const mlps = new Map<string, ImportedMlp>()
        for (const name of outputs ?? graph.outputs) {
          if (!graph.outputs.includes(name))
            return E.left(`${name}: expected one of the outputs ${graph.outputs.join(', ')}`)
          const mlp = read(name)
          if (E.isLeft(mlp)) return mlp
          const { head, ...network } = mlp.right
          if (head.length > 0)
            return E.left(
              `${name}: expected a tanh network and nothing after it, got ${head.join(', ')}`,
            )
          mlps.set(name, network)
        }
        return E.right(mlps)
      }),
    )

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Activation, Dense } from '../../nn/dense.ts'
import type { TanhMlp } from '../../nn/tanhMlp.ts'
import { readGraph, type FileGraph, type FileNode } from './readGraph.ts'
import { layersOf, type Layers } from './readLayer.ts'
import { wholeOf } from './readTensor.ts'

/** A tanh network of a file: `mlp.forward(kernels, network, x, last)` is what it computes. */
export interface ImportedMlp {
  /** the name of what it reads */
  readonly input: string
  /** `layer0` …, with tanh between them; weights as [in, out] */
  readonly network: TanhMlp
  /** what the last layer goes through */
  readonly last: Activation
}

/** More than any network has; with them no file of small layers makes a large answer. */
const MOST_LAYERS = 256

/** What a node is in a tanh network, and where it leads: towards the input. */
interface Step {
  readonly kind: 'layer' | 'tanh' | 'pass' | 'squeeze'
  readonly layer: Dense | null
  readonly from: string
}

const at = ({ name, op, outputs }: FileNode): string => `node ${name || outputs[0]} (${op})`

const isOneOf = (x: number | bigint | null | undefined, ...expected: readonly number[]): boolean =>
  x !== null && x !== undefined && expected.includes(Number(x))

/** The last of the two axes alone is taken away, as from V's [batch, 1]. */
const isSqueezeOfLast = ({ constants }: FileGraph, { attributes, inputs }: FileNode): boolean => {
  const axes = attributes.get('axes')?.wholes
  if (axes !== undefined) return axes.length === 1 && isOneOf(axes[0], 1, -1)
  const given = constants.get(inputs[1] ?? '')
  return given !== undefined && isOneOf(wholeOf(given), 1, -1)
}

const stepOf = (graph: FileGraph, layers: Layers, node: FileNode): E.Either<string, Step> => {
  const { op, inputs, attributes } = node
  const through = (kind: 'tanh' | 'pass' | 'squeeze') =>
    E.right({ kind, layer: null, from: inputs[0] ?? '' })
  if (op === 'Tanh') return through('tanh')
  if (op === 'Identity') return through('pass')
  if (op === 'Flatten' && isOneOf(attributes.get('axis')?.number ?? 1, 1)) return through('pass')
  if (op === 'Squeeze' && isSqueezeOfLast(graph, node)) return through('squeeze')
  if (op === 'Gemm' || op === 'MatMul' || op === 'Add')
    return pipe(
      layers(node),
      E.bimap(
        (problem) => `${at(node)}: ${problem}`,
        ([layer, from]): Step => ({ kind: 'layer', layer, from }),
      ),
    )
  return E.left(
    `${at(node)}: expected a tanh network's Gemm, MatMul, Add, Tanh, Flatten of axis 1, Identity or Squeeze of the last axis`,
  )
}

/** The way back from an output to an input: at most as many steps as there are nodes. */
const readMlp =
  (graph: FileGraph, layers: Layers) =>
  (output: string): E.Either<string, ImportedMlp> => {
    const found: Dense[] = []
    let last: Activation = 'linear'
    let isAfterTanh = false
    let name = output
    for (let steps = 0; !graph.inputs.has(name); steps++) {
      const node = graph.nodes.get(name)
      if (node === undefined)
        return E.left(`${name}: expected a node or an input of that name, got none`)
      if (steps >= graph.nodes.size)
        return E.left(`${at(node)}: expected a way from an input, got a ring`)
      const step = stepOf(graph, layers, node)
      if (E.isLeft(step)) return step
      const { kind, layer, from } = step.right
      if (kind === 'squeeze' && (found.length > 0 || isAfterTanh))
        return E.left(`${at(node)}: expected nothing but a layer or Tanh before the last layer`)
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
        isAfterTanh = false
        if (found.push(layer) > MOST_LAYERS)
          return E.left(`${output}: expected at most ${MOST_LAYERS} layers, got more`)
      }
      name = from
    }
    if (found.length === 0) return E.left(`${output}: expected a layer, got the input as it is`)
    if (isAfterTanh) return E.left(`${output}: expected a layer before the first Tanh, got none`)
    const network = Object.fromEntries(
      found.toReversed().map((layer, i) => [`layer${i}`, layer] as const),
    )
    return E.right({ input: name, network, last })
  }

/**
 * The tanh networks of an .onnx file, as PyTorch and this library write them: Gemm (alpha and beta
 * 1, weights either way round) or MatMul and Add, and Tanh, from an input to each output; what they
 * share they share here too. Numbers are f32.
 *
 * @param outputs which to read; all where nothing is said
 * @returns a function of the file's bytes; Left names the node and the operator that are no part
 * of such a network, or the tensor that is not as its layer needs it. At most twice the file is
 * allocated.
 */
export const readMlps =
  (outputs?: readonly string[]) =>
  (bytes: Uint8Array): E.Either<string, ReadonlyMap<string, ImportedMlp>> =>
    pipe(
      readGraph(bytes),
      E.flatMap((graph) => {
        const read = readMlp(graph, layersOf(graph))
        const mlps = new Map<string, ImportedMlp>()
        for (const name of outputs ?? graph.outputs) {
          if (!graph.outputs.includes(name))
            return E.left(`${name}: expected one of the outputs ${graph.outputs.join(', ')}`)
          const mlp = read(name)
          if (E.isLeft(mlp)) return mlp
          mlps.set(name, mlp.right)
        }
        return E.right(mlps)
      }),
    )

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { readMessage, readPacked, signed, type Visit } from '../protobuf/read.ts'
import { readTensor, text, type FileTensor } from './readTensor.ts'

/** An attribute as far as operators of tanh networks have some. */
interface FileAttribute {
  readonly number: number | null
  readonly wholes: readonly bigint[]
  readonly tensor: FileTensor | null
}

export interface FileNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, FileAttribute>
}

/** A graph from outside: names point where they like. */
export interface FileGraph {
  /** by what they give */
  readonly nodes: ReadonlyMap<string, FileNode>
  readonly constants: ReadonlyMap<string, FileTensor>
  /** what the caller gives: no constants */
  readonly inputs: ReadonlySet<string>
  readonly outputs: readonly string[]
}

/** More than any network of layers has; with them no file makes much work. */
const MOST = { nodes: 10_000, constants: 10_000, values: 256, links: 64 } as const

const tooMany = (what: string, most: number): string => `expected at most ${most} ${what}, got more`

/** Adds to a list that must not grow beyond `most`. */
const push = <A>(list: A[], item: A, what: string, most: number): string | null =>
  list.push(item) > most ? tooMany(what, most) : null

const readAttribute = (message: Uint8Array): E.Either<string, readonly [string, FileAttribute]> => {
  let name = ''
  let number: number | null = null
  let tensor: FileTensor | null = null
  const wholes: bigint[] = []
  const visit: Visit = (at, field) => {
    if (field.wire === 'varint') {
      if (at === 3) number = Number(signed(field.value))
      if (at === 8) return push(wholes, signed(field.value), 'numbers of an attribute', MOST.links)
      return null
    }
    const { value } = field
    if (at === 1) name = text(value)
    if (at === 2 && field.wire === 'fixed32')
      number = new DataView(value.buffer, value.byteOffset).getFloat32(0, true)
    if (at === 5) {
      const read = readTensor(value)
      if (E.isLeft(read)) return read.left
      tensor = read.right
    }
    if (at === 8) {
      const packed = readPacked(value, MOST.links)
      if (E.isLeft(packed)) return packed.left
      for (const x of packed.right) push(wholes, x, 'numbers', MOST.links)
      if (wholes.length > MOST.links) return tooMany('numbers of an attribute', MOST.links)
    }
    return null
  }
  return pipe(
    readMessage(message, visit),
    E.map(() => [name, { number, wholes, tensor }] as const),
  )
}

const readNode = (message: Uint8Array): E.Either<string, FileNode> => {
  let [name, op, domain] = ['', '', '']
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, FileAttribute>()
  const visit: Visit = (at, field) => {
    if (field.wire !== 'bytes') return null
    if (at === 1) return push(inputs, text(field.value), 'inputs of a node', MOST.links)
    if (at === 2) return push(outputs, text(field.value), 'outputs of a node', MOST.links)
    if (at === 3) name = text(field.value)
    if (at === 4) op = text(field.value)
    if (at === 7) domain = text(field.value)
    if (at !== 5) return null
    if (attributes.size === MOST.links) return tooMany('attributes of a node', MOST.links)
    const read = readAttribute(field.value)
    if (E.isLeft(read)) return read.left
    attributes.set(...read.right)
    return null
  }
  return pipe(
    readMessage(message, visit),
    E.map(() => {
      const isOwn = domain === '' || domain === 'ai.onnx'
      return { name, op: isOwn ? op : `${domain}.${op}`, inputs, outputs, attributes }
    }),
  )
}

/** The name of an input or output, which is all of it that a network needs. */
const readName = (message: Uint8Array): E.Either<string, string> => {
  let name = ''
  return pipe(
    readMessage(message, (at, field) => {
      if (at === 1 && field.wire === 'bytes') name = text(field.value)
      return null
    }),
    E.map(() => name),
  )
}

const readGraphMessage = (message: Uint8Array): E.Either<string, FileGraph> => {
  const nodes = new Map<string, FileNode>()
  const constants = new Map<string, FileTensor>()
  const inputs: string[] = []
  const outputs: string[] = []

  const addConstant = (name: string, tensor: FileTensor): string | null => {
    if (constants.has(name)) return `${name}: expected one constant of that name, got two`
    constants.set(name, { ...tensor, name })
    return constants.size > MOST.constants ? tooMany('constants', MOST.constants) : null
  }

  const addNode = (node: FileNode): string | null => {
    const constant = node.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined
    if (constant && node.outputs.length === 1) return addConstant(node.outputs[0]!, constant)
    for (const output of node.outputs) {
      if (nodes.has(output)) return `${output}: expected one node with this output, got two`
      nodes.set(output, node)
    }
    return null
  }

  let count = 0
  const visit: Visit = (at, field) => {
    if (field.wire !== 'bytes') return null
    if (at === 1) {
      count++
      if (count > MOST.nodes) return tooMany('nodes', MOST.nodes)
      const node = readNode(field.value)
      return E.isLeft(node) ? node.left : addNode(node.right)
    }
    if (at === 5) {
      const tensor = readTensor(field.value)
      return E.isLeft(tensor) ? tensor.left : addConstant(tensor.right.name, tensor.right)
    }
    if (at !== 11 && at !== 12) return null
    const name = readName(field.value)
    if (E.isLeft(name)) return name.left
    return push(at === 11 ? inputs : outputs, name.right, 'inputs and outputs', MOST.values)
  }
  return pipe(
    readMessage(message, visit),
    E.map(() => ({
      nodes,
      constants,
      inputs: new Set(inputs.filter((name) => !constants.has(name))),
      outputs,
    })),
  )
}

/** The graph of an .onnx file; nothing of its numbers is copied. */
export const readGraph = (bytes: Uint8Array): E.Either<string, FileGraph> => {
  let graph: Uint8Array | null = null
  return pipe(
    readMessage(bytes, (at, field) => {
      if (at === 7 && field.wire === 'bytes') graph = field.value
      return null
    }),
    E.flatMap(() =>
      graph === null ? E.left('expected a model with a graph, got none') : readGraphMessage(graph),
    ),
  )
}

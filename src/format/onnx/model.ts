/**
 * Models of the Open Neural Network Exchange as protocol buffers, as far as policies need them.
 * Field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { bytes, message, packed, string, whole } from '../protobuf/write.ts'

/** IR 8 and operators of version 17, both of 2022: runtimes since then take them. */
export const IR_VERSION = 8
const OPSET = 17

/** The element types, by their numbers in TensorProto.DataType. */
export const ELEMENT = { f32: 1, i64: 7 } as const

/** An attribute of a node: a whole number, or a list of them. */
export type Attribute = number | readonly number[]

/** y = op(x, …): one operator with its one result, which gives the node its name. */
export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: { readonly [name: string]: Attribute }
}

/** A constant: f32 or whole numbers. */
export interface Initializer {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

/** An input or output: `batch` is a size that each call chooses. */
export interface Value {
  readonly name: string
  readonly type: keyof typeof ELEMENT
  readonly shape: ReadonlyArray<number | 'batch'>
}

interface Model {
  readonly name: string
  readonly version: string
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly metadata: { readonly [key: string]: string }
}

const KIND = { int: 2, ints: 7 } as const

const attribute = ([name, value]: readonly [string, Attribute]): Uint8Array =>
  typeof value === 'number'
    ? message(string(1, name), whole(3, value), whole(20, KIND.int))
    : message(string(1, name), ...value.map((x) => whole(8, x)), whole(20, KIND.ints))

const node = ({ op, inputs, output, attributes = {} }: Node): Uint8Array =>
  message(
    ...inputs.map((input) => string(1, input)),
    string(2, output),
    string(3, output),
    string(4, op),
    ...Object.entries(attributes).map((entry) => bytes(5, attribute(entry))),
  )

// What lies in memory is little-endian wherever JavaScript runs, as raw_data is.
const initializer = ({ name, shape, values }: Initializer): Uint8Array =>
  message(
    packed(1, shape),
    whole(2, values instanceof Float32Array ? ELEMENT.f32 : ELEMENT.i64),
    string(8, name),
    bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  )

const dimension = (size: number | 'batch'): Uint8Array =>
  typeof size === 'number' ? whole(1, size) : string(2, size)

const value = ({ name, type, shape }: Value): Uint8Array => {
  const sizes = message(...shape.map((size) => bytes(1, dimension(size))))
  const tensor = message(whole(1, ELEMENT[type]), bytes(2, sizes))
  return message(string(1, name), bytes(2, bytes(1, tensor)))
}

const graph = ({ name, nodes, initializers, inputs, outputs }: Model): Uint8Array =>
  message(
    ...nodes.map((each) => bytes(1, node(each))),
    string(2, name),
    ...initializers.map((each) => bytes(5, initializer(each))),
    ...inputs.map((each) => bytes(11, value(each))),
    ...outputs.map((each) => bytes(12, value(each))),
  )

/** The bytes of an .onnx file. */
export const encodeModel = (model: Model): Uint8Array =>
  message(
    whole(1, IR_VERSION),
    string(2, 'proximal'),
    string(3, model.version),
    bytes(7, graph(model)),
    bytes(8, message(string(1, ''), whole(2, OPSET))),
    ...Object.entries(model.metadata).map(([key, text]) =>
      bytes(14, message(string(1, key), string(2, text))),
    ),
  )

import * as write from '../../src/format/protobuf/write.ts'

/** Pieces of ONNX models, as bytes. */
export type Bytes = Uint8Array

export const rawOf = (values: readonly number[]): Bytes =>
  new Uint8Array(Float32Array.from(values).buffer)

export const f32 = (name: string, shape: readonly number[], values: readonly number[]): Bytes =>
  write.message(
    ...shape.map((size) => write.whole(1, size)),
    write.whole(2, 1),
    write.string(8, name),
    write.bytes(9, rawOf(values)),
  )

export const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  ...attributes: readonly Bytes[]
): Bytes =>
  write.message(
    ...inputs.map((input) => write.string(1, input)),
    write.string(2, output),
    write.string(3, `/${output}`),
    write.string(4, op),
    ...attributes.map((attribute) => write.bytes(5, attribute)),
  )

export const int = (name: string, x: number): Bytes =>
  write.message(write.string(1, name), write.whole(3, x), write.whole(20, 2))
export const float = (name: string, x: number): Bytes =>
  write.message(write.string(1, name), write.float(2, x), write.whole(20, 1))
export const ints = (name: string, ...xs: readonly number[]): Bytes =>
  write.message(write.string(1, name), write.packed(8, xs), write.whole(20, 7))

export const model = (
  nodes: readonly Bytes[],
  constants: readonly Bytes[],
  outputs: readonly string[] = ['y'],
  inputs: readonly string[] = ['x'],
): Bytes =>
  write.message(
    write.whole(1, 8),
    write.bytes(
      7,
      write.message(
        ...nodes.map((each) => write.bytes(1, each)),
        ...constants.map((each) => write.bytes(5, each)),
        ...inputs.map((name) => write.bytes(11, write.string(1, name))),
        ...outputs.map((name) => write.bytes(12, write.string(1, name))),
      ),
    ),
  )
/** A constant of whole numbers, in one dimension. */
export const wholes = (name: string, values: readonly number[]): Bytes =>
  write.message(
    write.whole(1, values.length),
    write.whole(2, 7),
    write.string(8, name),
    write.bytes(9, new Uint8Array(BigInt64Array.from(values, BigInt).buffer)),
  )

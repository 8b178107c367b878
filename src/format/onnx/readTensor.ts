import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { readMessage, readPacked, signed } from '../protobuf/read.ts'
import { ELEMENT } from './model.ts'

/** A tensor of a model, whose numbers still lie in the file. */
export interface FileTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** a number of TensorProto.DataType */
  readonly type: number
  /** the numbers, little-endian; null where `message` has them one by one */
  readonly raw: Uint8Array | null
  /** how many f32 lie in `message` */
  readonly floats: number
  readonly message: Uint8Array
  readonly isElsewhere: boolean
}

const HIGHEST_RANK = 8
const FLOAT_DATA = 4
const RAW_DATA = 9

/** A name, as UTF-8. */
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Reads what a TensorProto says of its numbers, not the numbers. */
export const readTensor = (message: Uint8Array): E.Either<string, FileTensor> => {
  let name = ''
  let type = 0
  let raw: Uint8Array | null = null
  let floats = 0
  let isElsewhere = false
  const sizes: bigint[] = []
  const addSizes = (more: readonly bigint[]): string | null => {
    sizes.push(...more)
    return sizes.length > HIGHEST_RANK
      ? `${name}: expected at most ${HIGHEST_RANK} dimensions, got more`
      : null
  }
  return pipe(
    readMessage(message, (number, field) => {
      if (number === 1) {
        if (field.wire === 'varint') return addSizes([signed(field.value)])
        const packed = readPacked(field.value, HIGHEST_RANK)
        return E.isLeft(packed) ? packed.left : addSizes(packed.right)
      }
      if (field.wire === 'varint') {
        if (number === 2) type = Number(field.value)
        if (number === 14) isElsewhere ||= field.value !== 0n
      } else {
        if (number === 8) name = text(field.value)
        if (number === RAW_DATA) raw = field.value
        if (number === FLOAT_DATA) floats += Math.floor(field.value.length / 4)
        if (number === 3 || number === 13) isElsewhere = true
      }
      return null
    }),
    E.map(() => ({
      name,
      shape: sizes.map(Number),
      type,
      raw,
      floats,
      message,
      isElsewhere,
    })),
    E.filterOrElse(
      ({ shape }) => shape.every((size) => Number.isSafeInteger(size) && size >= 0),
      (tensor) => `${tensor.name}: expected sizes >= 0, got [${tensor.shape.join(', ')}]`,
    ),
  )
}

/** The f32 of those bytes, which need not lie at a multiple of four, from place `at` on. */
const copyFloats = (to: Float32Array, at: number, bytes: Uint8Array): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; 4 * i + 4 <= bytes.length; i++) to[at + i] = view.getFloat32(4 * i, true)
}

/** The numbers of an f32 tensor, in row-major order: as many as its sizes say. */
export const floatsOf = (tensor: FileTensor): E.Either<string, Float32Array> => {
  const { name, shape, type, raw, floats, message, isElsewhere } = tensor
  if (type !== ELEMENT.f32)
    return E.left(`${name}: expected f32 (data type 1), got data type ${type}: convert the model`)
  if (isElsewhere)
    return E.left(`${name}: expected numbers inside the file, got some in another file`)
  const count = shape.reduce((product, size) => product * size, 1)
  const found = raw === null ? 4 * floats : raw.length
  if (found !== 4 * count)
    return E.left(`${name}: expected ${4 * count} bytes for [${shape.join(', ')}], got ${found}`)
  const out = new Float32Array(count)
  if (raw !== null) {
    copyFloats(out, 0, raw)
    return E.right(out)
  }
  let at = 0
  return pipe(
    readMessage(message, (number, field) => {
      if (number === FLOAT_DATA && field.wire !== 'varint') {
        copyFloats(out, at, field.value)
        at += Math.floor(field.value.length / 4)
      }
      return null
    }),
    E.map(() => out),
  )
}

/** Few whole numbers, such as axes or sizes; null where they are none, or too many. */
export const wholesOf = ({ shape, type, raw }: FileTensor): readonly number[] | null => {
  const count = shape.reduce((product, size) => product * size, 1)
  if (type !== ELEMENT.i64 || shape.length > 1 || count > HIGHEST_RANK || raw?.length !== 8 * count)
    return null
  const view = new DataView(raw.buffer, raw.byteOffset)
  return Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true)))
}

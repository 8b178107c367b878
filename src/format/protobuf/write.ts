/**
 * The wire format of protocol buffers: a message is its fields, one after the other, each a tag
 * (number · 8 + wire type) and a value. A field is bytes here, and so is a message.
 *
 * Source: https://protobuf.dev/programming-guides/encoding
 */
import { concatBytes } from '@noble/hashes/utils.js'

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const
const LARGEST_FIELD = 536_870_911

/** A whole number: a safe integer, or a bigint from −2⁶³ to 2⁶⁴ − 1. */
export type Whole = number | bigint

/**
 * Seven bits a byte, the lowest first, the eighth set where more follow. What is negative is
 * written as its two's complement of 64 bits, in ten bytes, as int32 and int64 have it.
 *
 * @throws RangeError for a fraction, or what 64 bits do not hold
 */
export const varint = (x: Whole): Uint8Array => {
  if (
    typeof x === 'number'
      ? !Number.isSafeInteger(x)
      : BigInt.asIntN(64, x) !== x && BigInt.asUintN(64, x) !== x
  )
    throw new RangeError(`x: expected a whole number of 64 bits, got ${x}`)
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(x))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  out.push(Number(rest))
  return Uint8Array.from(out)
}

const tag = (field: number, wire: number): Uint8Array => {
  if (!(Number.isInteger(field) && field >= 1 && field <= LARGEST_FIELD))
    throw new RangeError(`field: expected a number from 1 to ${LARGEST_FIELD}, got ${field}`)
  return varint(field * 8 + wire)
}

/** A message of fields, in the order given. */
export const message = (...fields: readonly Uint8Array[]): Uint8Array => concatBytes(...fields)

/** int32, int64, uint32, uint64, bool (as 0 or 1) or an enum. */
export const whole = (field: number, x: Whole): Uint8Array =>
  message(tag(field, WIRE.varint), varint(x))

/** bytes; also a message within a message. */
export const bytes = (field: number, x: Uint8Array): Uint8Array =>
  message(tag(field, WIRE.bytes), varint(x.length), x)

/** A string, as UTF-8. */
export const string = (field: number, x: string): Uint8Array =>
  bytes(field, new TextEncoder().encode(x))

const scalar = (length: number, set: (view: DataView) => void): Uint8Array => {
  const out = new Uint8Array(length)
  set(new DataView(out.buffer))
  return out
}

/** A float of 32 bits, rounded to it. */
export const float = (field: number, x: number): Uint8Array =>
  message(
    tag(field, WIRE.fixed32),
    scalar(4, (view) => view.setFloat32(0, x, true)),
  )

/** A double of 64 bits. */
export const double = (field: number, x: number): Uint8Array =>
  message(
    tag(field, WIRE.fixed64),
    scalar(8, (view) => view.setFloat64(0, x, true)),
  )

/** Many whole numbers in one field, as `packed` repeated ones are written. */
export const packed = (field: number, xs: readonly Whole[]): Uint8Array =>
  bytes(field, message(...xs.map(varint)))

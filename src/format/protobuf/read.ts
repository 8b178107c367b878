/**
 * Protocol buffers from outside: every length is checked before it is used, nothing is copied, and
 * nothing is allocated but the views and numbers that a visitor asks to see.
 *
 * Source: https://protobuf.dev/programming-guides/encoding
 */
import * as E from 'fp-ts/lib/Either.js'

/** A value as it lies in a message: a varint, or bytes (8 and 4 of the fixed wire types). */
export type Field =
  | { readonly wire: 'varint'; readonly value: bigint }
  | { readonly wire: 'bytes' | 'fixed32' | 'fixed64'; readonly value: Uint8Array }

/** Hears of each field in turn, and says what is wrong with it; null where nothing is. */
export type Visit = (number: number, field: Field) => string | null

const FIXED: { readonly [wire: number]: readonly ['fixed32' | 'fixed64', number] } = {
  1: ['fixed64', 8],
  5: ['fixed32', 4],
}
const LONGEST_VARINT = 10
const LARGEST_NUMBER = 536_870_911

interface Read {
  readonly value: bigint
  readonly next: number
}

/** The varint at `at`; null where it does not end in the bytes, or does not fit in 64 bits. */
const varintAt = (bytes: Uint8Array, at: number): Read | null => {
  let value = 0n
  for (let i = 0; i < LONGEST_VARINT && at + i < bytes.length; i++) {
    const byte = bytes[at + i]!
    value |= BigInt(byte & 127) << BigInt(7 * i)
    if (byte < 128) return value < 1n << 64n ? { value, next: at + i + 1 } : null
  }
  return null
}

interface Found {
  readonly number: number
  readonly field: Field
  readonly next: number
}

const fieldAt = (bytes: Uint8Array, at: number): Found | string => {
  const tag = varintAt(bytes, at)
  if (tag === null) return `byte ${at}: expected a field's tag, got a broken number`
  const number = Number(tag.value >> 3n)
  const wire = Number(tag.value & 7n)
  if (number < 1 || number > LARGEST_NUMBER)
    return `byte ${at}: expected a field from 1 to ${LARGEST_NUMBER}, got ${number}`
  const fixed = FIXED[wire]
  const first = wire === 0 || wire === 2 ? varintAt(bytes, tag.next) : null
  if (first === null && fixed === undefined)
    return wire === 0 || wire === 2
      ? `byte ${tag.next}: expected the ${wire === 0 ? 'value' : 'length'} of field ${number}, got a broken number`
      : `byte ${at}: expected a wire type of 0, 1, 2, 5, got ${wire}`
  if (first !== null && wire === 0)
    return { number, field: { wire: 'varint', value: first.value }, next: first.next }
  const [kind, length] = fixed ?? (['bytes', first!.value] as const)
  const from = fixed === undefined ? first!.next : tag.next
  if (length > bytes.length - from)
    return `byte ${from}: expected ${length} bytes of field ${number}, got ${bytes.length - from}`
  const next = from + Number(length)
  return { number, field: { wire: kind, value: bytes.subarray(from, next) }, next }
}

/** Goes through the fields of a message, in order, once; messages within it are bytes. */
export const readMessage = (bytes: Uint8Array, visit: Visit): E.Either<string, void> => {
  for (let at = 0; at < bytes.length;) {
    const found = fieldAt(bytes, at)
    if (typeof found === 'string') return E.left(found)
    const problem = visit(found.number, found.field)
    if (problem !== null) return E.left(problem)
    at = found.next
  }
  return E.right(undefined)
}

/** The varints of a packed field, as int64. */
export const readPacked = (
  bytes: Uint8Array,
  longest: number,
): E.Either<string, readonly bigint[]> => {
  const out: bigint[] = []
  for (let at = 0; at < bytes.length;) {
    const read = varintAt(bytes, at)
    if (read === null) return E.left(`byte ${at}: expected a number of a list, got a broken one`)
    if (out.length === longest) return E.left(`expected a list of at most ${longest} numbers`)
    out.push(signed(read.value))
    at = read.next
  }
  return E.right(out)
}

/** A varint as int64: two's complement of 64 bits. */
export const signed = (value: bigint): bigint => BigInt.asIntN(64, value)

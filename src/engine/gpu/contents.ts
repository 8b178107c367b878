import type { Numbers, ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { Piece, Value } from './value.ts'

/** Numbers [from, to) of a buffer, which are those of a value from `at` on. */
interface Segment {
  readonly from: number
  readonly to: number
  readonly value: Value
  readonly at: number
}

/** Which value the numbers of each array come from, while operations overwrite parts of buffers. */
export interface Contents {
  /** The pieces of values that an array consists of, in order. */
  readonly piecesOf: (x: ReadonlyNumbers) => readonly Piece[]
  /** Makes a value the content of an array. */
  readonly set: (x: ReadonlyNumbers, value: Value) => void
}

/** The buffer of an array, and its range there in numbers. All arrays of a buffer have one element type. */
const rangeOf = (x: ReadonlyNumbers): readonly [ArrayBufferLike, from: number, to: number] => {
  const { buffer, byteOffset, BYTES_PER_ELEMENT, length } = x as Numbers
  const from = byteOffset / BYTES_PER_ELEMENT
  return [buffer, from, from + length]
}

/** The whole buffer of an array. */
export const wholeOf = (x: ReadonlyNumbers): Numbers => {
  const { buffer, BYTES_PER_ELEMENT, constructor } = x as Numbers
  const Whole = constructor as new (buffer: ArrayBufferLike, from: number, n: number) => Numbers
  return new Whole(buffer, 0, buffer.byteLength / BYTES_PER_ELEMENT)
}

/** @param initial the value of a buffer that nothing has been written to */
export const contents = (initial: (whole: Numbers) => Value): Contents => {
  const segments = new Map<ArrayBufferLike, readonly Segment[]>()

  const segmentsOf = (x: ReadonlyNumbers): readonly Segment[] => {
    const [buffer] = rangeOf(x)
    const known = segments.get(buffer)
    if (known !== undefined) return known
    const whole = wholeOf(x)
    const found = [{ from: 0, to: whole.length, value: initial(whole), at: 0 }]
    segments.set(buffer, found)
    return found
  }

  return {
    piecesOf: (x) => {
      const [, from, to] = rangeOf(x)
      return segmentsOf(x)
        .filter((segment) => segment.to > from && segment.from < to)
        .map((segment) => {
          const start = Math.max(from, segment.from)
          const length = Math.min(to, segment.to) - start
          return { value: segment.value, at: segment.at + start - segment.from, length }
        })
    },
    set: (x, value) => {
      const [buffer, from, to] = rangeOf(x)
      const kept: Segment[] = [{ from, to, value, at: 0 }]
      for (const segment of segmentsOf(x)) {
        const left = { ...segment, to: Math.min(segment.to, from) }
        const start = Math.max(segment.from, to)
        const right = { ...segment, from: start, at: segment.at + start - segment.from }
        kept.push(...[left, right].filter((part) => part.to > part.from))
      }
      segments.set(
        buffer,
        kept.toSorted((a, b) => a.from - b.from),
      )
    },
  }
}

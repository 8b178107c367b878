import type { Fill, GpuForm, Read } from '../../kernel/form.ts'
import type { Numbers, ReadonlyNumbers } from '../../tensor/tensor.ts'

/** Sizes of a value on the device; one with two lies in rows. */
export type Sizes = readonly [length: number] | readonly [rows: number, columns: number]

/** What a fill reads: numbers of a value from `at` on. */
export interface Operand {
  readonly name: string
  readonly value: Value
  readonly at: number
  /** of a `Table`; null: by one index */
  readonly columns: number | null
  /** read only where the output's number is */
  readonly isEach: boolean
}

interface Any {
  /** in the order in which they were made: a value comes after what it is made of */
  readonly id: number
  sizes: Sizes
}

/** What goes up. */
export interface InputValue extends Any {
  readonly kind: 'input'
  /** all of its memory */
  readonly x: Numbers
}

/** What a fill computes. */
export interface FillValue extends Any {
  readonly kind: 'fill'
  readonly name: string
  readonly fill: Fill
  readonly operands: readonly Operand[]
  readonly live: { readonly names: readonly string[]; readonly at: number } | null
}

/** Values one after the other, in one array. */
export interface JoinValue extends Any {
  readonly kind: 'join'
  readonly pieces: readonly Piece[]
}

export interface Piece {
  readonly value: Value
  readonly at: number
  readonly length: number
}

/** What lies in rows, in one row. */
export interface FlatValue extends Any {
  readonly kind: 'flat'
  readonly of: Value
}

export type Value = InputValue | FillValue | JoinValue | FlatValue

/** What a value is made of. */
export const madeOf = (value: Value): readonly Value[] => {
  if (value.kind === 'fill') return value.operands.map((operand) => operand.value)
  if (value.kind === 'join') return value.pieces.map((piece) => piece.value)
  return value.kind === 'flat' ? [value.of] : []
}

export const sameSizes = (a: Sizes, b: Sizes): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])

/** Whether a value must lie in one row for this to read it, to fill numbers of those sizes. */
const needsFlat = ({ value: { sizes }, at, columns, isEach }: Operand, to: Sizes): boolean => {
  if (sizes.length === 1) return false
  if (at !== 0) return true
  if (isEach) return !sameSizes(sizes, to)
  return columns === null ? sizes[1] !== 1 : sizes[1] !== columns
}

export const lengthOf = (sizes: Sizes): number => sizes.reduce<number>((a, b) => a * b, 1)

/** Numbers [from, to) of a buffer, and the value that holds them from `at` on. */
interface Segment {
  readonly from: number
  readonly to: number
  readonly value: Value
  readonly at: number
}

/** Operations as they follow from each other: which value each array holds, and what that is made of. */
export interface Graph {
  /** Adds an operation, whose live numbers lie at `at` of all. */
  readonly add: (name: string, form: GpuForm, at: number) => void
  /** What an array holds now. */
  readonly valueOf: (x: ReadonlyNumbers) => Value
  /** Whether an operation has filled any of an array. */
  readonly isChanged: (x: ReadonlyNumbers) => boolean
}

/** Places of numbers in a buffer. Arrays of one buffer all have one element type. */
const spanOf = (x: ReadonlyNumbers): readonly [ArrayBufferLike, from: number, to: number] => {
  const { buffer, byteOffset, BYTES_PER_ELEMENT, length } = x as Numbers
  const from = byteOffset / BYTES_PER_ELEMENT
  return [buffer, from, from + length]
}

/** All numbers of the memory that an array lies in. */
export const wholeOf = (x: ReadonlyNumbers): Numbers => {
  const { buffer, BYTES_PER_ELEMENT, constructor } = x as Numbers
  const Whole = constructor as new (buffer: ArrayBufferLike, from: number, n: number) => Numbers
  return new Whole(buffer, 0, buffer.byteLength / BYTES_PER_ELEMENT)
}

const isTable = (read: Read): read is Exclude<Read, ReadonlyNumbers> => 'columns' in read

export const graph = (): Graph => {
  const memory = new Map<ArrayBufferLike, readonly Segment[]>()
  const written = new Set<ArrayBufferLike>()
  const read = new Set<Value>()
  const flats = new Map<Value, FlatValue>()
  let made = 0

  const flat = (of: Value): FlatValue => {
    const known = flats.get(of)
    if (known !== undefined) return known
    const value: FlatValue = { kind: 'flat', id: made++, sizes: [lengthOf(of.sizes)], of }
    flats.set(of, value)
    return value
  }

  const segmentsOf = (x: ReadonlyNumbers): readonly Segment[] => {
    const [buffer] = spanOf(x)
    const known = memory.get(buffer)
    if (known !== undefined) return known
    const all = wholeOf(x)
    const { length } = all
    const value: InputValue = { kind: 'input', id: made++, sizes: [length], x: all }
    const found = [{ from: 0, to: length, value, at: 0 }]
    memory.set(buffer, found)
    return found
  }

  const place = (x: ReadonlyNumbers, value: Value): void => {
    const [buffer, from, to] = spanOf(x)
    const before = segmentsOf(x)
    const around = before.flatMap((segment): readonly Segment[] => {
      if (segment.to <= from || segment.from >= to) return [segment]
      const left = segment.from < from ? [{ ...segment, to: from }] : []
      const { at } = segment
      const right = segment.to > to ? [{ ...segment, from: to, at: at + to - segment.from }] : []
      return [...left, ...right]
    })
    const all = [...around, { from, to, value, at: 0 }].sort((a, b) => a.from - b.from)
    memory.set(buffer, all)
  }

  /** The value that holds an array, and from where on. */
  const find = (x: ReadonlyNumbers): readonly [Value, at: number] => {
    const [, from, to] = spanOf(x)
    const touched = segmentsOf(x).filter((segment) => segment.to > from && segment.from < to)
    const [only] = touched
    if (only !== undefined && touched.length === 1) return [only.value, only.at + from - only.from]
    const pieces = touched.map((segment): Piece => {
      const start = Math.max(from, segment.from)
      const length = Math.min(to, segment.to) - start
      return { value: segment.value, at: segment.at + start - segment.from, length }
    })
    const join: JoinValue = { kind: 'join', id: made++, sizes: [to - from], pieces }
    place(x, join)
    return [join, 0]
  }

  const operandsOf = ({ reads = {}, each = {} }: Fill): readonly Operand[] => [
    ...Object.entries(reads).map(([name, from]): Operand => {
      const [x, columns] = isTable(from) ? [from.x, from.columns] : [from, null]
      const [value, at] = find(x)
      // What goes up lies in rows where that is how it is read first.
      if (value.kind === 'input' && columns !== null && columns > 1 && at === 0) {
        const length = lengthOf(value.sizes)
        if (!read.has(value) && length === x.length) value.sizes = [length / columns, columns]
      }
      read.add(value)
      return { name, value, at, columns, isEach: false }
    }),
    ...Object.entries(each).map(([name, x]): Operand => {
      const [value, at] = find(x)
      read.add(value)
      return { name, value, at, columns: null, isEach: true }
    }),
  ]

  /** The shape of a value that is computed number by number: that of what it is computed from. */
  const shapeOf = ({ out, shape }: Fill, operands: readonly Operand[]): Sizes =>
    shape ??
    operands.find(
      ({ isEach, value, at }) =>
        isEach && at === 0 && value.sizes.length === 2 && lengthOf(value.sizes) === out.length,
    )?.value.sizes ?? [out.length]

  const addFill = (name: string, fill: Fill, live: FillValue['live']): void => {
    const operands = operandsOf(fill)
    const [only] = operands
    const [buffer] = spanOf(fill.out)
    written.add(buffer)
    // What it equals, whole, is what it is.
    if (
      only !== undefined &&
      only.isEach &&
      fill.value === only.name &&
      fill.code === undefined &&
      only.at === 0 &&
      lengthOf(only.value.sizes) === fill.out.length
    ) {
      place(fill.out, only.value)
      return
    }
    const sizes = shapeOf(fill, operands)
    const flattened = operands.map((operand) =>
      needsFlat(operand, sizes) ? { ...operand, value: flat(operand.value) } : operand,
    )
    place(fill.out, { kind: 'fill', id: made++, sizes, name, fill, operands: flattened, live })
  }

  return {
    add: (name, { fills, live }, at) => {
      const given = live === undefined ? null : { names: live.names, at }
      for (const fill of fills) addFill(name, fill, given)
    },
    valueOf: (x) => {
      const [value, at] = find(x)
      if (at === 0 && lengthOf(value.sizes) === x.length) return value
      const pieces = [{ value, at, length: x.length }]
      return { kind: 'join', id: made++, sizes: [x.length], pieces }
    },
    isChanged: (x) => written.has(spanOf(x)[0]),
  }
}

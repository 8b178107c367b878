import type { Fill, GpuForm, Read, Table } from '../../kernel/form.ts'
import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import { contents } from './contents.ts'
import {
  lengthOf,
  sameSizes,
  type FillValue,
  type FlatValue,
  type Operand,
  type Piece,
  type Sizes,
  type Value,
} from './value.ts'

/** Operations as a graph of values, in place of arrays that they overwrite. */
export interface Graph {
  /** Adds an operation, whose live numbers start at `at` of those of the launch. */
  readonly add: (name: string, form: GpuForm, at: number) => void
  /** The value of an array after the operations so far. */
  readonly valueOf: (x: ReadonlyNumbers) => Value
  /** Whether an operation has filled any of the buffer of an array. */
  readonly isChanged: (x: ReadonlyNumbers) => boolean
}

/** Whether a fill of those sizes can only read an operand that lies in one row. */
const needsFlat = ({ value, at, columns, isEach }: Operand, sizes: Sizes): boolean => {
  if (value.sizes.length === 1) return false
  if (at !== 0) return true
  if (isEach) return !sameSizes(value.sizes, sizes)
  return value.sizes[1] !== (columns ?? 1)
}

/** The value that a fill copies whole, number by number; null where it computes something. */
const copied = ({ out, value, code }: Fill, [operand]: readonly Operand[]): Value | null =>
  operand !== undefined &&
  operand.isEach &&
  operand.at === 0 &&
  operand.name === value &&
  code === undefined &&
  lengthOf(operand.value.sizes) === out.length
    ? operand.value
    : null

/** The sizes of an output: those of a matrix that it is computed from number by number, if any. */
const sizesOf = ({ out, shape }: Fill, operands: readonly Operand[]): Sizes =>
  shape ??
  operands.find(
    ({ isEach, value, at }) =>
      isEach && at === 0 && value.sizes.length === 2 && lengthOf(value.sizes) === out.length,
  )?.value.sizes ?? [out.length]

const isTable = (read: Read): read is Table => 'columns' in read

export const graph = (): Graph => {
  const written = new Set<ArrayBufferLike>()
  const read = new Set<Value>()
  const flats = new Map<Value, FlatValue>()
  let created = 0
  const { piecesOf, set } = contents((x) => ({
    kind: 'input',
    id: created++,
    sizes: [x.length],
    x,
  }))

  const joined = (pieces: readonly Piece[], length: number): Value => ({
    kind: 'join',
    id: created++,
    sizes: [length],
    pieces,
  })

  const flat = (of: Value): FlatValue => {
    const known = flats.get(of)
    if (known !== undefined) return known
    const value: FlatValue = { kind: 'flat', id: created++, sizes: [lengthOf(of.sizes)], of }
    flats.set(of, value)
    return value
  }

  /** The one value that holds an array, and from where on. */
  const find = (x: ReadonlyNumbers): Pick<Operand, 'value' | 'at'> => {
    const pieces = piecesOf(x)
    const [only] = pieces
    if (only !== undefined && pieces.length === 1) return only
    const value = joined(pieces, x.length)
    set(x, value)
    return { value, at: 0 }
  }

  const operand = (name: string, from: Read, isEach: boolean): Operand => {
    const [x, columns] = isTable(from) ? [from.x, from.columns] : [from, null]
    const { value, at } = find(x)
    // An input is uploaded as the matrix that its first reader takes it for.
    const isWhole = at === 0 && lengthOf(value.sizes) === x.length
    if (value.kind === 'input' && !read.has(value) && isWhole && columns !== null && columns > 1)
      value.sizes = [x.length / columns, columns]
    read.add(value)
    return { name, value, at, columns, isEach }
  }

  const addFill = (name: string, fill: Fill, live: FillValue['live']): void => {
    const given = [
      ...Object.entries(fill.reads ?? {}).map(([name, x]) => operand(name, x, false)),
      ...Object.entries(fill.each ?? {}).map(([name, x]) => operand(name, x, true)),
    ]
    written.add((fill.out as Float32Array).buffer)
    const same = copied(fill, given)
    if (same !== null) {
      set(fill.out, same)
      return
    }
    const sizes = sizesOf(fill, given)
    const operands = given.map((one): Operand => {
      const { name, value, at, columns, isEach } = one
      return needsFlat(one, sizes) ? { name, value: flat(value), at, columns, isEach } : one
    })
    set(fill.out, { kind: 'fill', id: created++, sizes, name, fill, operands, live })
  }

  return {
    add: (name, { fills, live }, at) => {
      const given = live === undefined ? null : { names: live.names, at }
      for (const fill of fills) addFill(name, fill, given)
    },
    valueOf: (x) => {
      const { value, at } = find(x)
      const isWhole = at === 0 && lengthOf(value.sizes) === x.length
      return isWhole ? value : joined([{ value, at, length: x.length }], x.length)
    },
    isChanged: (x) => written.has((x as Float32Array).buffer),
  }
}

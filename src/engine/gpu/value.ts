import type { Fill } from '../../kernel/form.ts'
import type { Numbers } from '../../tensor/tensor.ts'

/** Sizes of a value on the device, as one row of numbers or as a matrix. */
export type Sizes = readonly [length: number] | readonly [rows: number, columns: number]

interface Common {
  /** rising in the order of creation: a value comes after those that it is made of */
  readonly id: number
  sizes: Sizes
}

/** Memory of the host that is uploaded. */
export interface InputValue extends Common {
  readonly kind: 'input'
  readonly x: Numbers
}

/** The output of a fill. */
export interface FillValue extends Common {
  readonly kind: 'fill'
  /** the name of its operation */
  readonly name: string
  readonly fill: Fill
  readonly operands: readonly Operand[]
  /** the operation's live numbers, which start at `at` of those of the launch */
  readonly live: { readonly names: readonly string[]; readonly at: number } | null
}

/** Pieces of values, one after the other in one row. */
export interface JoinValue extends Common {
  readonly kind: 'join'
  readonly pieces: readonly Piece[]
}

/** A matrix as one row of numbers. */
export interface FlatValue extends Common {
  readonly kind: 'flat'
  readonly of: Value
}

/** An array as it is at one moment: operations that write into it replace its value. */
export type Value = InputValue | FillValue | JoinValue | FlatValue

/** What a fill reads: numbers of a value from `at` on. */
export interface Operand {
  readonly name: string
  readonly value: Value
  readonly at: number
  /** of a `Table`; null where it is read by one index */
  readonly columns: number | null
  /** whether only the number at the computed place is read */
  readonly isEach: boolean
}

/** Numbers [at, at + length) of a value. */
export interface Piece {
  readonly value: Value
  readonly at: number
  readonly length: number
}

/** The values that a value is computed from. */
export const sourcesOf = (value: Value): readonly Value[] => {
  if (value.kind === 'fill') return value.operands.map((operand) => operand.value)
  if (value.kind === 'join') return value.pieces.map((piece) => piece.value)
  return value.kind === 'flat' ? [value.of] : []
}

/** Values and all that they are computed from, in the order of creation. */
export const reachable = (from: readonly Value[]): readonly Value[] => {
  const found = new Set<Value>()
  const waiting = [...from]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (found.has(value)) continue
    found.add(value)
    waiting.push(...sourcesOf(value))
  }
  return [...found].toSorted((a, b) => a.id - b.id)
}

export const sameSizes = (a: Sizes, b: Sizes): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])

export const lengthOf = (sizes: Sizes): number => sizes.reduce<number>((a, b) => a * b, 1)

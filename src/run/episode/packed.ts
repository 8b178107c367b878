import { partsOf, width, type Space } from '../../env/space.ts'
import type { ReadonlyNumbers } from '../../tensor/tensor.ts'

/**
 * What one number of an action is: a whole number of so many choices, 1 … 2³², or a float. A whole
 * number of n takes ⌈log₂ n⌉ bits, and one at least, so that steps are never more than bits.
 */
export type Column = number | 'f32' | 'f64'

export const MOST_CHOICES = 0x1_0000_0000

export const bitsOf = (column: Column): number =>
  column === 'f32' ? 32 : column === 'f64' ? 64 : Math.max(1, 32 - Math.clz32(column - 1))

/** The columns of a space's actions, `width(space)` of them; `dtype` is that of its boxes. */
export const columnsOf = (space: Space, dtype: 'f32' | 'f64'): readonly Column[] => {
  if (space.kind === 'discrete') return [space.n]
  if (space.kind === 'multiDiscrete') return space.sizes
  if (space.kind === 'product' || space.kind === 'tuple')
    return partsOf(space).flatMap(([, part]) => columnsOf(part, dtype))
  return Array.from({ length: width(space) }, () => (space.kind === 'box' ? dtype : 2))
}

const rowBits = (columns: readonly Column[]): number =>
  columns.reduce<number>((sum, column) => sum + bitsOf(column), 0)

/** How many bytes so many steps take. */
export const packedLength = (columns: readonly Column[], steps: number): number =>
  Math.ceil((rowBits(columns) * steps) / 8)

// Bit b of byte a is bit 8a + b of the whole: numbers lie as their lowest bits first.
const write = (bytes: Uint8Array, at: number, bits: number, value: number): void => {
  for (let b = 0; b < bits; b++)
    if (((value >>> b) & 1) === 1) bytes[(at + b) >>> 3]! |= 1 << ((at + b) & 7)
}

const read = (bytes: ReadonlyNumbers, at: number, bits: number): number => {
  let value = 0
  for (let b = 0; b < bits; b++)
    value |= ((bytes[Math.floor((at + b) / 8)]! >>> ((at + b) % 8)) & 1) << b
  return value >>> 0
}

const badNumber = (column: Column, x: number): string | null => {
  if (column === 'f64') return Number.isNaN(x) ? 'expected a number, got NaN' : null
  if (column === 'f32')
    return Object.is(Math.fround(x), x) && !Number.isNaN(x)
      ? null
      : `expected a number of 32 bits, got ${x}`
  return Number.isInteger(x) && x >= 0 && x < column
    ? null
    : `expected a whole number from 0 to ${column - 1}, got ${x}`
}

const eightBytes = (): DataView => new DataView(new ArrayBuffer(8))

/**
 * Actions as bits, one after the other without gaps; the bits after the last are 0.
 *
 * @param actions a row of `columns.length` numbers a step
 * @throws RangeError where a number is outside its column
 */
export const pack = (columns: readonly Column[], actions: ReadonlyNumbers): Uint8Array => {
  const steps = actions.length / columns.length
  if (!Number.isInteger(steps))
    throw new RangeError(
      `actions: expected rows of ${columns.length} numbers, got ${actions.length} in all`,
    )
  const out = new Uint8Array(packedLength(columns, steps))
  const float = eightBytes()
  let at = 0
  for (let i = 0; i < actions.length; i++) {
    const j = i % columns.length
    const column = columns[j]!
    const x = actions[i]!
    const problem = badNumber(column, x)
    if (problem !== null)
      throw new RangeError(`actions[step=${(i - j) / columns.length}, entry=${j}]: ${problem}`)
    if (typeof column === 'number') write(out, at, bitsOf(column), x)
    else {
      if (column === 'f32') float.setFloat32(0, x, true)
      else float.setFloat64(0, x, true)
      write(out, at, 32, float.getUint32(0, true))
      if (column === 'f64') write(out, at + 32, 32, float.getUint32(4, true))
    }
    at += bitsOf(column)
  }
  return out
}

/** @param float eight bytes to turn bits into a float by */
const valueAt = (bytes: ReadonlyNumbers, at: number, column: Column, float: DataView): number => {
  if (typeof column === 'number') return read(bytes, at, bitsOf(column))
  float.setUint32(0, read(bytes, at, 32), true)
  if (column === 'f32') return float.getFloat32(0, true)
  float.setUint32(4, read(bytes, at + 32, 32), true)
  return float.getFloat64(0, true)
}

const rowAt = (
  columns: readonly Column[],
  packed: ReadonlyNumbers,
  start: number,
  float: DataView,
): readonly number[] => {
  let at = start
  return columns.map((column) => {
    const value = valueAt(packed, at, column, float)
    at += bitsOf(column)
    return value
  })
}

/**
 * The action of one step of a packed episode: one number per column.
 *
 * @param t the index of the step, >= 0
 */
export const unpackStep = (
  columns: readonly Column[],
  packed: ReadonlyNumbers,
  t: number,
): readonly number[] => rowAt(columns, packed, rowBits(columns) * t, eightBytes())

/** What is wrong with packed actions of so many steps; null where they are what `pack` makes. */
export const packedProblem = (
  columns: readonly Column[],
  packed: ReadonlyNumbers,
  steps: number,
): string | null => {
  const length = packedLength(columns, steps)
  if (packed.length !== length) return `expected ${length} bytes, got ${packed.length}`
  const bits = rowBits(columns)
  const float = eightBytes()
  for (let t = 0; t < steps; t++) {
    const row = rowAt(columns, packed, bits * t, float)
    for (let j = 0; j < columns.length; j++) {
      const problem = badNumber(columns[j]!, row[j]!)
      if (problem !== null) return `step ${t}: entry ${j}: ${problem}`
    }
  }
  const used = bits * steps
  return read(packed, used, length * 8 - used) === 0 ? null : 'expected nothing after the last step'
}

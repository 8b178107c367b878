import {
  lengthOf,
  madeOf,
  type FillValue,
  type JoinValue,
  type Piece,
  type Value,
} from './graph.ts'
import { fits } from './text.ts'

/** Arrays that one kernel may read: WebGPU binds eight buffers, one of them for the output. */
const MOST_ARRAYS = 7

/** What a kernel reads; the live numbers are one array. */
type Reads = ReadonlySet<Value | 'live'>

/** All that values are made of, and they, in the order in which they were made. */
export const reachable = (from: readonly Value[]): readonly Value[] => {
  const found = new Set<Value>()
  const waiting = [...from]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (found.has(value)) continue
    found.add(value)
    waiting.push(...madeOf(value))
  }
  return [...found].sort((a, b) => a.id - b.id)
}

/** Which values have no kernel of their own, since the one that reads them computes them. */
export interface Joining {
  readonly isJoined: (value: FillValue) => boolean
  /** parts of a join that one kernel can compute */
  readonly groups: (pieces: readonly Piece[]) => readonly (readonly Piece[])[]
}

/**
 * A value that is read once, at the place that is computed, is computed there, as long as a kernel
 * does not read too many arrays.
 *
 * @param values all that are needed, in the order in which they were made
 */
export const joining = (values: readonly Value[], outputs: readonly Value[]): Joining => {
  const uses = new Map<Value, number>()
  const use = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1)
  for (const value of values) madeOf(value).forEach(use)
  for (const value of outputs) {
    use(value)
    use(value)
  }
  const joined = new Set<Value>()
  const reads = new Map<Value, Reads>()

  const readsOf = (value: FillValue): Reads => {
    const all = new Set<Value | 'live'>(value.operands.map((operand) => operand.value))
    if (value.live !== null) all.add('live')
    let found: Reads = all
    for (const operand of value.operands) {
      if (!fits(operand, value.sizes) || uses.get(operand.value) !== 1) continue
      const without = new Set(found)
      without.delete(operand.value)
      const more = new Set([...without, ...reads.get(operand.value)!])
      if (more.size > MOST_ARRAYS) continue
      found = more
      joined.add(operand.value)
    }
    return found
  }

  const joinPieces = ({ pieces }: JoinValue): void => {
    for (const { value, at, length } of pieces)
      if (
        value.kind === 'fill' &&
        uses.get(value) === 1 &&
        at === 0 &&
        length === lengthOf(value.sizes)
      )
        joined.add(value)
  }

  for (const value of values)
    if (value.kind === 'fill') reads.set(value, readsOf(value))
    else if (value.kind === 'join') joinPieces(value)

  const isJoined = (value: Value): boolean => joined.has(value)
  return {
    isJoined,
    groups: (pieces) => {
      const all: Piece[][] = []
      let held = new Set<Value | 'live'>()
      for (const piece of pieces) {
        const own = isJoined(piece.value) ? reads.get(piece.value)! : [piece.value]
        const more = new Set([...held, ...own])
        if (all.length === 0 || more.size > MOST_ARRAYS) {
          all.push([piece])
          held = new Set(own)
        } else {
          all.at(-1)!.push(piece)
          held = more
        }
      }
      return all
    },
  }
}

import {
  lengthOf,
  sameSizes,
  sourcesOf,
  type FillValue,
  type JoinValue,
  type Operand,
  type Piece,
  type Sizes,
  type Value,
} from './value.ts'

/** Arrays that one kernel may read: WebGPU binds eight buffers, one of them for the output. */
const MOST_ARRAYS = 7

/** What a kernel reads; all live numbers are one array. */
type Reads = ReadonlySet<Value | 'live'>

/** Whether an operand of a fill of those sizes can be computed in the same kernel. */
export const isComputable = ({ value, at, isEach }: Operand, sizes: Sizes): boolean =>
  isEach && at === 0 && value.kind === 'fill' && sameSizes(value.sizes, sizes)

/** Which fills need no kernel of their own. */
export interface Joining {
  /** whether the kernel that reads a value computes it */
  readonly isJoined: (value: Value) => boolean
  /** Pieces of a join in groups, each of which one kernel can compute. */
  readonly groups: (pieces: readonly Piece[]) => readonly (readonly Piece[])[]
}

/** The fills of a join that are whole pieces of it. */
const wholePieces = ({ pieces }: JoinValue): readonly FillValue[] =>
  pieces.flatMap(({ value, at, length }) =>
    value.kind === 'fill' && at === 0 && length === lengthOf(value.sizes) ? [value] : [],
  )

/**
 * Joins a value to the kernel that reads it, where that is the only one and reads it number by
 * number, as long as the kernel does not read too many arrays.
 *
 * @param values all that are needed, in the order of creation
 * @param outputs those that are downloaded, which keep kernels of their own
 */
export const joining = (values: readonly Value[], outputs: readonly Value[]): Joining => {
  const uses = new Map<Value, number>()
  for (const value of values)
    for (const source of sourcesOf(value)) uses.set(source, (uses.get(source) ?? 0) + 1)
  const kept = new Set(outputs)
  const isReadOnce = (value: Value): boolean => uses.get(value) === 1 && !kept.has(value)

  const joined = new Set<Value>()
  const reads = new Map<Value, Reads>()

  /** What the kernel of a fill reads, after it has taken in what it can compute. */
  const readsOf = ({ operands, sizes, live }: FillValue): Reads => {
    const own = operands.map((operand) => operand.value)
    let found: Reads = new Set<Value | 'live'>(live === null ? own : [...own, 'live'])
    for (const operand of operands) {
      const { value } = operand
      if (!isComputable(operand, sizes) || !isReadOnce(value)) continue
      const more = new Set([...[...found].filter((x) => x !== value), ...reads.get(value)!])
      if (more.size > MOST_ARRAYS) continue
      found = more
      joined.add(value)
    }
    return found
  }

  for (const value of values)
    if (value.kind === 'fill') reads.set(value, readsOf(value))
    else if (value.kind === 'join')
      for (const piece of wholePieces(value).filter(isReadOnce)) joined.add(piece)

  const isJoined = (value: Value): boolean => joined.has(value)
  return {
    isJoined,
    groups: (pieces) => {
      const groups: Piece[][] = []
      let held: Reads = new Set()
      for (const piece of pieces) {
        const own: Reads = isJoined(piece.value)
          ? reads.get(piece.value)!
          : new Set<Value | 'live'>([piece.value])
        const more: Reads = new Set([...held, ...own])
        const last = groups.at(-1)
        const hasRoom = last !== undefined && more.size <= MOST_ARRAYS
        if (hasRoom) last.push(piece)
        else groups.push([piece])
        held = hasRoom ? more : own
      }
      return groups
    },
  }
}

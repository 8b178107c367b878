import { show } from './show.ts'
import { choices, partsOf, type Space } from './space.ts'

/** Choices side by side, of which one must be open; of bits all may be closed, to 0. */
interface Group {
  readonly size: number
  readonly mayClose: boolean
}

const groupsOf = (space: Space): readonly Group[] => {
  if (space.kind === 'box') return []
  if (space.kind === 'multiBinary') return [{ size: space.n, mayClose: true }]
  if (space.kind === 'product' || space.kind === 'tuple')
    return partsOf(space).flatMap(([, part]) => groupsOf(part))
  const sizes = space.kind === 'discrete' ? [space.n] : space.sizes
  return sizes.map((size) => ({ size, mayClose: false }))
}

/**
 * Whether a value is an `actionMask` of a space that leaves something to do: null where it is, and
 * otherwise what is wrong.
 */
export const maskProblem = (space: Space, mask: unknown): string | null => {
  const entries = choices(space)
  if (!Array.isArray(mask) || mask.length !== entries)
    return `expected an array of ${entries}, one a choice, got ${show(mask)}`
  for (let c = 0; c < entries; c++)
    if (typeof mask[c] !== 'boolean') return `entry ${c}: expected a boolean, got ${show(mask[c])}`
  let from = 0
  for (const { size, mayClose } of groupsOf(space)) {
    const firstOpen = mask.indexOf(true, from)
    if (!mayClose && !(firstOpen >= 0 && firstOpen < from + size))
      return `entries ${from} to ${from + size - 1}: expected an open choice, got none`
    from += size
  }
  return null
}

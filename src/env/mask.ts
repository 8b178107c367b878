import { show } from './show.ts'
import type { NumberArray } from './numbers.ts'
import { choices, partsOf, width, type Space } from './space.ts'

/**
 * A group of choices, at least one of which must be allowed; a group of bits may be masked completely, to 0.
 */
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
    return `expected an array of ${entries}, one per choice, got ${show(mask)}`
  for (let c = 0; c < entries; c++)
    if (typeof mask[c] !== 'boolean') return `entry ${c}: expected a boolean, got ${show(mask[c])}`
  let from = 0
  for (const { size, mayClose } of groupsOf(space)) {
    const firstOpen = mask.indexOf(true, from)
    if (!mayClose && !(firstOpen >= 0 && firstOpen < from + size))
      return `entries ${from} to ${from + size - 1}: expected an allowed choice, got none`
    from += size
  }
  return null
}

/**
 * The first closed choice, by its place in the mask, that an action takes; null if all that it takes are open. A bit
 * of 0 takes nothing.
 *
 * @param action the numbers of the action as a policy has them: choices count from 0
 * @param mask one entry per choice: 0 where it is closed
 */
export const closedChoice = (
  space: Space,
  action: NumberArray,
  mask: NumberArray,
): number | null => {
  let [number, choice] = [0, 0]
  const visit = (part: Space): number | null => {
    if (part.kind === 'product' || part.kind === 'tuple') {
      for (const [, inner] of partsOf(part)) {
        const found = visit(inner)
        if (found !== null) return found
      }
      return null
    }
    if (part.kind === 'box') {
      number += width(part)
      return null
    }
    for (const { size, mayClose } of groupsOf(part)) {
      const bits = mayClose ? size : 1
      for (let i = 0; i < bits; i++) {
        const value = action[number + i]!
        const taken = mayClose ? choice + i : choice + value
        if ((!mayClose || value === 1) && mask[taken] === 0) return taken
      }
      number += bits
      choice += size
    }
    return null
  }
  return visit(space)
}

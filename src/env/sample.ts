import { f64 } from '../math/real.ts'
import { foldIn, type Key } from '../random/key.ts'
import { normalAt } from '../random/normal.ts'
import { uniformAt } from '../random/uniform.ts'
import { lay } from './linear.ts'
import { maskProblem } from './mask.ts'
import {
  choices,
  elementOf,
  partsOf,
  startOf,
  startsOf,
  type Element,
  type Space,
} from './space.ts'

type Open = readonly boolean[] | null

const part = (open: Open, from: number, size: number): Open =>
  open === null ? null : open.slice(from, from + size)

const wholeBelow = (key: Key, n: number, open: Open): number => {
  const u = uniformAt(key, 0)
  if (open === null) return Math.floor(u * n)
  const left = open.flatMap((isOpen, c) => (isOpen ? [c] : []))
  return left[Math.floor(u * left.length)]!
}

const numberBetween = (key: Key, low: number, high: number): number => {
  if (low === -Infinity && high === Infinity) return normalAt(key, 0)
  const u = uniformAt(key, 0)
  if (high === Infinity) return low - f64.log1p(-u)
  if (low === -Infinity) return high + f64.log1p(-u)
  return lay(u, 0, 1, low, high)
}

// Entry i has a key of its own, foldIn(key, i), so that what one draws moves no other.
const drawn = (space: Space, key: Key, open: Open): unknown => {
  if (space.kind === 'discrete') return startOf(space) + wholeBelow(key, space.n, open)
  if (space.kind === 'box')
    return space.low.map((low, j) => numberBetween(foldIn(key, j), low, space.high[j]!))
  if (space.kind === 'multiBinary')
    return Array.from({ length: space.n }, (_, j) =>
      open === null || open[j] === true ? wholeBelow(foldIn(key, j), 2, null) : 0,
    )
  let from = 0
  if (space.kind === 'multiDiscrete') {
    const starts = startsOf(space)
    return space.sizes.map((n, j) => {
      const mine = part(open, from, n)
      from += n
      return starts[j]! + wholeBelow(foldIn(key, j), n, mine)
    })
  }
  const parts = partsOf(space).map(([, inner], j) => {
    const mine = part(open, from, choices(inner))
    from += choices(inner)
    return drawn(inner, foldIn(key, j), mine)
  })
  return elementOf(space, parts)
}

/**
 * An element of a space, drawn from a key. Whole numbers and bits are uniform among the choices that the mask
 * allows (a masked bit is 0). A number of a box is uniform from low to high; with one bound, at a distance
 * from it that is exponential with mean 1; with none, standard normal: as Gymnasium's Box.sample.
 *
 * @param mask allowed choices, as an environment's `actionMask` returns them; all without it
 * @throws RangeError when the mask has the wrong length, or allows nothing
 */
export const sampleElement = <S extends Space>(
  space: S,
  key: Key,
  mask: readonly boolean[] | null = null,
): Element<S> => {
  const problem = mask === null ? null : maskProblem(space, mask)
  if (problem !== null) throw new RangeError(`mask: ${problem}`)
  return drawn(space, key, mask) as Element<S>
}

import { partsOf, startOf, startsOf, width, type Space } from '../env/space.ts'
import type { PolicyHeader } from './header.ts'
import {
  bernoulli,
  categorical,
  gaussian,
  type Exponentials,
  type Leaf,
  type Place,
} from './leaf.ts'

/** A leaf, where its numbers are, and which child of the key it draws from. */
export interface PlacedLeaf {
  readonly leaf: Leaf
  readonly place: Place
  readonly path: readonly number[]
}

/** The parts of a space whose numbers do not depend on each other, in the order of their parameters. */
export const leavesOf = (
  space: Space,
  { actionBound, logStd }: Pick<PolicyHeader, 'actionBound' | 'logStd'>,
  kernels: Exponentials,
): readonly PlacedLeaf[] => {
  const out: PlacedLeaf[] = []
  const next: { -readonly [K in keyof Place]: number } = { param: 0, choice: 0, action: 0 }
  const add = (path: readonly number[], make: (place: Place) => Leaf): void => {
    const place = { ...next }
    const leaf = make(place)
    next.param += leaf.params
    next.choice += leaf.choices
    next.action += leaf.width
    out.push({ leaf, place, path })
  }
  const walk = (at: Space, path: readonly number[]): void => {
    if (at.kind === 'discrete') add(path, (place) => categorical(kernels, at.n, startOf(at), place))
    else if (at.kind === 'multiBinary') add(path, (place) => bernoulli(at.n, place))
    else if (at.kind === 'box') add(path, (place) => gaussian(at, actionBound, logStd, place))
    else if (at.kind === 'multiDiscrete') {
      const starts = startsOf(at)
      at.sizes.forEach((n, i) =>
        add([...path, i], (place) => categorical(kernels, n, starts[i]!, place)),
      )
    } else partsOf(at).forEach(([, part], i) => walk(part, [...path, i]))
  }
  walk(space, [])
  return out
}

/** The numbers of an action from `from` on, as an element of the space. */
export const elementAt = (space: Space, numbers: ArrayLike<number>, from: number): unknown => {
  const { kind } = space
  if (kind === 'discrete') return numbers[from]!
  if (kind !== 'product' && kind !== 'tuple')
    return Array.from({ length: width(space) }, (_, i) => numbers[from + i]!)
  let at = from
  const parts = partsOf(space).map(([name, part]) => {
    at += width(part)
    return [name, elementAt(part, numbers, at - width(part))] as const
  })
  return kind === 'tuple' ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

import type { Bound } from '../env/reader.ts'
import { partsOf, startOf, startsOf, width, type Space } from '../env/space.ts'
import { bernoulli, categorical, gaussian, type Leaf, type Place } from './leaf.ts'

/** What a config says of the numbers of boxes. */
export interface BoxConfig {
  readonly bound: Bound
  /** bounds of log σ; null: none */
  readonly logStd: { readonly min: number | null; readonly max: number | null }
}

/** A leaf, where its numbers are, and which child of the key it draws from. */
export interface PlacedLeaf {
  readonly leaf: Leaf
  readonly place: Place
  readonly path: readonly number[]
}

/** The parts of a space whose numbers do not depend on each other, in the order of their parameters. */
export const leavesOf = (space: Space, config: BoxConfig): readonly PlacedLeaf[] => {
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
    if (at.kind === 'discrete') add(path, (place) => categorical(at.n, startOf(at), place))
    else if (at.kind === 'multiBinary') add(path, (place) => bernoulli(at.n, place))
    else if (at.kind === 'box')
      add(path, (place) => gaussian(at, config.bound, config.logStd, place))
    else if (at.kind === 'multiDiscrete') {
      const starts = startsOf(at)
      at.sizes.forEach((n, i) => add([...path, i], (place) => categorical(n, starts[i]!, place)))
    } else partsOf(at).forEach(([, part], i) => walk(part, [...path, i]))
  }
  walk(space, [])
  return out
}

/** Numbers of an action as an element of the space. */
export const elementAt = (space: Space, numbers: ArrayLike<number>, from = 0): unknown => {
  const list = (length: number): readonly number[] =>
    Array.from({ length }, (_, i) => numbers[from + i]!)
  if (space.kind === 'discrete') return numbers[from]!
  if (space.kind === 'box') return list(space.size)
  if (space.kind === 'multiDiscrete') return list(space.sizes.length)
  if (space.kind === 'multiBinary') return list(space.n)
  let at = from
  const parts = partsOf(space).map(([name, part]) => {
    const element = elementAt(part, numbers, at)
    at += width(part)
    return [name, element] as const
  })
  return space.kind === 'tuple' ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

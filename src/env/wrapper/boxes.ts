import { within } from '../../tensor/check.ts'
import { mapNumberArray, type NumberArray } from '../numbers.ts'
import type { Box, Element, Product, Space } from '../space.ts'

export interface BoxesByName {
  readonly [name: string]: Boxes
}

/** A box, or a product of boxes and of such products. */
export type Boxes = Box | Product<BoxesByName>

const entriesOf = <T>(record: { readonly [name: string]: T }): ReadonlyArray<[string, T]> =>
  Object.entries(record)

const mapped = (space: Space, f: (box: Box) => Box): Space => {
  if (space.kind === 'box') return f(space)
  if (space.kind !== 'product')
    throw new RangeError(`expected a box or a product of boxes, got ${space.kind}`)
  const spaces = entriesOf(space.spaces).map(([name, part]) => [
    name,
    within(name, () => mapped(part, f)),
  ])
  return { kind: 'product', spaces: Object.fromEntries(spaces) }
}

/**
 * The space with f of each of its boxes in their places.
 *
 * @throws RangeError for a space with another kind in it, and where f throws, with the names of
 * the part in front
 */
export const mapBoxes = <A extends Boxes>(space: A, f: (box: Box) => Box): A =>
  within('actionSpace', () => mapped(space, f)) as A

/** A number of a box, entry j, as another one. */
export type Change = (x: number, j: number, box: Box) => number

const changed = (space: Boxes, element: unknown, change: Change): unknown =>
  space.kind === 'box'
    ? mapNumberArray('action', element as NumberArray, (x, j) => change(x, j, space))
    : Object.fromEntries(
        entriesOf(space.spaces).map(([name, part]) => [
          name,
          changed(part, (element as { readonly [name: string]: unknown })[name], change),
        ]),
      )

/** An element with every number of every box changed; `box` is that of the space given here. */
export const mapNumbers = <A extends Boxes>(
  space: A,
  element: Element<A>,
  change: Change,
): Element<A> => changed(space, element, change) as Element<A>

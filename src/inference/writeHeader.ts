import type { Space } from '../env/space.ts'
import type { PolicyHeader } from './header.ts'

/** JSON has no infinite numbers. */
const written = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

/** Equal bounds as one number: a picture has thousands. */
const writtenBounds = (bounds: readonly number[]): unknown =>
  bounds.every((x) => x === bounds[0]) ? written(bounds[0]!) : bounds.map(written)

const writtenSpace = (space: Space): unknown => {
  if (space.kind === 'box')
    return { ...space, low: writtenBounds(space.low), high: writtenBounds(space.high) }
  if (space.kind === 'tuple') return { kind: 'tuple', spaces: space.spaces.map(writtenSpace) }
  if (space.kind !== 'product') return space
  // A list keeps the order, whatever the names are.
  const spaces = Object.entries(space.spaces).map(([name, part]) => [name, writtenSpace(part)])
  return { kind: 'product', spaces }
}

/** A header as the text of a file's metadata, which `readHeader` reads. */
export const writeHeader = (header: PolicyHeader): string =>
  JSON.stringify({
    ...header,
    observationSpace: writtenSpace(header.observationSpace),
    actionSpace: writtenSpace(header.actionSpace),
  })

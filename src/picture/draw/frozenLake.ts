import type { LakeMap } from '../../env/frozenLake.ts'
import { circle, polyline, rect, type Colour, type Picture, type Shape } from '../picture.ts'
import { flag } from './flag.ts'
import { walker } from './walker.ts'

const TILE = 80

const ICE: Colour = [221, 238, 248]
const CRACK: Colour = [188, 214, 232]
const SHINE: Colour = [245, 251, 254]
const START: Colour = [190, 208, 178]
const RIM: Colour = [150, 190, 216]
const WATER: Colour = [28, 70, 118]
const FLAG: Colour = [44, 150, 92]

/** What lies on a tile whose upper left corner is (x, y). */
const tileAt = (tile: string, x: number, y: number): readonly Shape[] => {
  const middle = [x + TILE / 2, y + TILE / 2] as const
  if (tile === 'H') return [circle(...middle, 31, RIM), circle(...middle, 26, WATER)]
  if (tile === 'G') return flag(x + 28, y + 66, 52, FLAG)
  if (tile === 'S') return [rect(x + 8, y + 8, TILE - 16, TILE - 16, START)]
  return [
    polyline(
      [
        [x + 18, y + 34],
        [x + 34, y + 18],
      ],
      4,
      SHINE,
    ),
  ]
}

/**
 * A lake of the map's tiles, 80 × 80 units each, with its holes, a green plate at the start, a
 * flag at the goal, and the walker.
 */
export const drawFrozenLake = (map: LakeMap): ((cell: number) => Picture) => {
  const rows = map.length
  const columns = map[0]!.length
  const width = columns * TILE
  const height = rows * TILE
  const lake = [
    ...map.flatMap((row, i) =>
      row.split('').flatMap((tile, j) => tileAt(tile, j * TILE, i * TILE)),
    ),
    ...Array.from({ length: columns - 1 }, (_, j) => rect((j + 1) * TILE - 1, 0, 2, height, CRACK)),
    ...Array.from({ length: rows - 1 }, (_, i) => rect(0, (i + 1) * TILE - 1, width, 2, CRACK)),
  ]
  return (cell) => {
    const column = cell % columns
    const row = (cell - column) / columns
    return {
      width,
      height,
      background: ICE,
      shapes: [...lake, ...walker((column + 0.5) * TILE, (row + 0.5) * TILE, 0.7 * TILE)],
    }
  }
}

import { polygon, rect, type Colour, type Picture, type Point } from '../picture.ts'
import { flag } from './flag.ts'
import { walker } from './walker.ts'

const ROWS = 4
const COLUMNS = 12
const TILE = 56
const WIDTH = COLUMNS * TILE
const HEIGHT = ROWS * TILE
const EDGE = (ROWS - 1) * TILE

const GRASS: Colour = [168, 206, 132]
const SHADE: Colour = [156, 196, 122]
const START: Colour = [226, 214, 170]
const ROCK: Colour = [122, 100, 88]
const DEPTH: Colour = [48, 42, 54]
const FLAG: Colour = [214, 69, 65]

/** From the start's tile to the goal's, notched along the top. */
const notched = (top: number): readonly Point[] => [
  [TILE, HEIGHT],
  [TILE, top],
  ...Array.from({ length: 2 * (COLUMNS - 2) - 1 }, (_, i): Point => [
    TILE + ((i + 1) * TILE) / 2,
    top + (i % 2 === 0 ? 9 : 0),
  ]),
  [WIDTH - TILE, top],
  [WIDTH - TILE, HEIGHT],
]

const MEADOW = [
  ...Array.from({ length: ROWS * COLUMNS }, (_, cell) => cell).flatMap((cell) => {
    const column = cell % COLUMNS
    const row = (cell - column) / COLUMNS
    return (row + column) % 2 === 0 ? [] : [rect(column * TILE, row * TILE, TILE, TILE, SHADE)]
  }),
  rect(6, EDGE + 6, TILE - 12, TILE - 12, START),
  polygon(notched(EDGE + 2), ROCK),
  polygon(notched(EDGE + 16), DEPTH),
  ...flag(WIDTH - TILE + 20, HEIGHT - 9, 38, FLAG),
]

/** A meadow of 4 × 12 tiles, 56 × 56 units each, above a cliff; the flag is the goal. */
export const drawCliffWalking = (cell: number): Picture => {
  const column = cell % COLUMNS
  const row = (cell - column) / COLUMNS
  return {
    width: WIDTH,
    height: HEIGHT,
    background: GRASS,
    shapes: [...MEADOW, ...walker((column + 0.5) * TILE, (row + 0.5) * TILE, 0.76 * TILE)],
  }
}

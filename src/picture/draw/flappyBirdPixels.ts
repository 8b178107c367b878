import type { FlappyBirdState } from '../../env/flappyBirdGame.ts'
import { untimedFlappyBirdPixels } from '../../env/flappyBirdPixels.ts'
import type { Stacked } from '../../env/wrapper/frameStack.ts'
import { rect, type Colour, type Picture, type Shape } from '../picture.ts'

const COLUMNS = 18
const ACROSS = 16
const DOWN = 8
const ROWS = untimedFlappyBirdPixels.observationSpace.size / COLUMNS

const DARK: Colour = [20, 28, 34]
const GLOW: Colour = [40, 92, 76]
const LIGHT: Colour = [126, 240, 172]

/** The blocks that are 1, each run of them in a row as one rectangle. */
const blocks = (state: FlappyBirdState, colour: Colour): readonly Shape[] => {
  const seen = untimedFlappyBirdPixels.observe(state)
  const shapes: Shape[] = []
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const from = column
      while (column < COLUMNS && seen[row * COLUMNS + column] === 1) column++
      if (column > from)
        shapes.push(rect(from * ACROSS, row * DOWN, (column - from) * ACROSS, DOWN, colour))
    }
  return shapes
}

/** What the policy sees: blocks of 16 × 8 units, bright as they are now, dim as they were before. */
export const drawFlappyBirdPixels = ({ past, state }: Stacked<FlappyBirdState>): Picture => ({
  width: COLUMNS * ACROSS,
  height: ROWS * DOWN,
  background: DARK,
  shapes: [...past.flatMap((before) => blocks(before, GLOW)), ...blocks(state, LIGHT)],
})

import { FROZEN_LAKE_4X4, frozenLake } from '../env/frozenLake.ts'
import { drawFrozenLake } from '../picture/draw/frozenLake.ts'
import { builtIn } from './builtIn.ts'
import { frozenLake as preset } from './preset/frozenLake.ts'

const drawLake = drawFrozenLake(FROZEN_LAKE_4X4)

export const frozenLakeRecord = builtIn({
  env: frozenLake,
  preset,
  draw: ({ state }) => drawLake(state),
  framesPerSecond: 4,
})

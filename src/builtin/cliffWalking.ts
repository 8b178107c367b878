import { cliffWalking } from '../env/cliffWalking.ts'
import { drawCliffWalking } from '../picture/draw/cliffWalking.ts'
import { builtIn } from './builtIn.ts'
import { cliffWalking as preset } from './preset/cliffWalking.ts'

export const cliffWalkingRecord = builtIn({
  env: cliffWalking,
  preset,
  draw: ({ state }) => drawCliffWalking(state),
  framesPerSecond: 4,
})

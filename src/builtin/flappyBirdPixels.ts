import { flappyBirdPixels } from '../env/flappyBirdPixels.ts'
import { drawFlappyBirdPixels } from '../picture/draw/flappyBirdPixels.ts'
import { builtIn } from './builtIn.ts'
import { flappyBirdPixels as preset } from './preset/flappyBirdPixels.ts'

export const flappyBirdPixelsRecord = builtIn({
  env: flappyBirdPixels,
  preset,
  draw: ({ state }) => drawFlappyBirdPixels(state),
  framesPerSecond: 30,
})

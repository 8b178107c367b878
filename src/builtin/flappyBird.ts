import { flappyBird } from '../env/flappyBird.ts'
import { drawFlappyBird } from '../picture/draw/flappyBird.ts'
import { builtIn } from './builtIn.ts'
import { flappyBird as preset } from './preset/flappyBird.ts'

export const flappyBirdRecord = builtIn({
  env: flappyBird,
  preset,
  draw: ({ state, elapsed }) => drawFlappyBird(state, elapsed),
  framesPerSecond: 30,
})

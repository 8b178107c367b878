import { flappyBirdPlain } from '../env/flappyBirdPlain.ts'
import { drawFlappyBird } from '../picture/draw/flappyBird.ts'
import { builtIn } from './builtIn.ts'
import { flappyBirdRecord } from './flappyBird.ts'

/** Trained as by its features, so that what differs is what the features are worth. */
export const flappyBirdPlainRecord = builtIn({
  env: flappyBirdPlain,
  preset: flappyBirdRecord.preset,
  draw: ({ state, elapsed }) => drawFlappyBird(state, elapsed),
  framesPerSecond: 30,
})

import { mountainCarContinuous } from '../env/mountainCarContinuous.ts'
import { drawMountainCar } from '../picture/draw/mountainCar.ts'
import { builtIn } from './builtIn.ts'
import { mountainCarContinuous as preset } from './preset/mountainCarContinuous.ts'

const drawCar = drawMountainCar(0.45)

export const mountainCarContinuousRecord = builtIn({
  env: mountainCarContinuous,
  preset,
  draw: ({ state }) => drawCar(state),
  framesPerSecond: 30,
})

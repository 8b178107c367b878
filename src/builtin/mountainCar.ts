import { mountainCar } from '../env/mountainCar.ts'
import { drawMountainCar } from '../picture/draw/mountainCar.ts'
import { builtIn } from './builtIn.ts'
import { mountainCar as preset } from './preset/mountainCar.ts'

const drawCar = drawMountainCar(0.5)

export const mountainCarRecord = builtIn({
  env: mountainCar,
  preset,
  draw: ({ state }) => drawCar(state),
  framesPerSecond: 30,
})

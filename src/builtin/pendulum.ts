import { pendulum } from '../env/pendulum.ts'
import { drawPendulum } from '../picture/draw/pendulum.ts'
import { builtIn } from './builtIn.ts'
import { pendulum as preset } from './preset/pendulum.ts'

export const pendulumRecord = builtIn({
  env: pendulum,
  preset,
  draw: ({ state }) => drawPendulum(state),
  framesPerSecond: 30,
})

import { acrobot } from '../env/acrobot.ts'
import { drawAcrobot } from '../picture/draw/acrobot.ts'
import { builtIn } from './builtIn.ts'
import { acrobot as preset } from './preset/acrobot.ts'

export const acrobotRecord = builtIn({
  env: acrobot,
  preset,
  draw: ({ state }) => drawAcrobot(state),
  framesPerSecond: 15,
})

import { cartPole } from '../env/cartPole.ts'
import { drawCartPole } from '../picture/draw/cartPole.ts'
import { builtIn } from './builtIn.ts'
import { cartpole as preset } from './preset/cartPole.ts'

export const cartPoleRecord = builtIn({
  env: cartPole,
  preset,
  draw: ({ state }) => drawCartPole(state),
  framesPerSecond: 50,
})

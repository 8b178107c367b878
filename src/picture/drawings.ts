import type { Environment } from '../env/environment.ts'
import { FROZEN_LAKE_4X4 } from '../env/frozenLake.ts'
import type { WorldName, worlds } from '../env/worlds.ts'
import { drawAcrobot } from './draw/acrobot.ts'
import { drawCartPole } from './draw/cartPole.ts'
import { drawCliffWalking } from './draw/cliffWalking.ts'
import { drawFlappyBird } from './draw/flappyBird.ts'
import { drawFlappyBirdPixels } from './draw/flappyBirdPixels.ts'
import { drawFrozenLake } from './draw/frozenLake.ts'
import { drawMountainCar } from './draw/mountainCar.ts'
import { drawPendulum } from './draw/pendulum.ts'
import type { Picture } from './picture.ts'

type StateOf<E> = E extends Environment<infer S, infer _> ? S : never

const drawLake = drawFrozenLake(FROZEN_LAKE_4X4)
const drawCar = drawMountainCar(0.5)
const drawContinuousCar = drawMountainCar(0.45)

/** How each world that comes with the library looks, by its name: a state of it as a picture. */
export const drawings: {
  readonly [Name in WorldName]: (state: StateOf<(typeof worlds)[Name]>) => Picture
} = {
  cartpole: ({ state }) => drawCartPole(state),
  acrobot: ({ state }) => drawAcrobot(state),
  'mountain-car': ({ state }) => drawCar(state),
  'mountain-car-continuous': ({ state }) => drawContinuousCar(state),
  pendulum: ({ state }) => drawPendulum(state),
  'flappy-bird': ({ state, elapsed }) => drawFlappyBird(state, elapsed),
  'flappy-bird-pixels': ({ state }) => drawFlappyBirdPixels(state),
  'frozen-lake': ({ state }) => drawLake(state),
  'cliff-walking': ({ state }) => drawCliffWalking(state),
}

/** The drawing of that world, for whom its states are none of their business. */
export const drawingOf = (name: WorldName): ((state: unknown) => Picture) =>
  drawings[name] as (state: unknown) => Picture

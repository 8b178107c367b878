import { acrobot } from './acrobot.ts'
import { cartPole } from './cartPole.ts'
import { cliffWalking } from './cliffWalking.ts'
import type { Environment } from './environment.ts'
import { flappyBird } from './flappyBird.ts'
import { flappyBirdPixels } from './flappyBirdPixels.ts'
import { flappyBirdPlain } from './flappyBirdPlain.ts'
import { frozenLake } from './frozenLake.ts'
import { mountainCar } from './mountainCar.ts'
import { mountainCarContinuous } from './mountainCarContinuous.ts'
import { pendulum } from './pendulum.ts'

/** The environments that come with the library, by the name they have on the command line. */
export const environments = {
  cartpole: cartPole,
  acrobot,
  'mountain-car': mountainCar,
  'mountain-car-continuous': mountainCarContinuous,
  pendulum,
  'flappy-bird': flappyBird,
  'flappy-bird-plain': flappyBirdPlain,
  'flappy-bird-pixels': flappyBirdPixels,
  'frozen-lake': frozenLake,
  'cliff-walking': cliffWalking,
} as const

export type EnvironmentName = keyof typeof environments

export const isEnvironmentName = (name: string): name is EnvironmentName =>
  Object.hasOwn(environments, name)

/** The environment of that name, for code that does not look at its states. */
export const environmentOf = (name: EnvironmentName): Environment<unknown> =>
  environments[name] as Environment<unknown>

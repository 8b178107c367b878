import { acrobotRecord } from './acrobot.ts'
import type { BuiltIn } from './builtIn.ts'
import { cartPoleRecord } from './cartPole.ts'
import { cliffWalkingRecord } from './cliffWalking.ts'
import { flappyBirdRecord } from './flappyBird.ts'
import { flappyBirdPixelsRecord } from './flappyBirdPixels.ts'
import { flappyBirdPlainRecord } from './flappyBirdPlain.ts'
import { frozenLakeRecord } from './frozenLake.ts'
import { mountainCarRecord } from './mountainCar.ts'
import { mountainCarContinuousRecord } from './mountainCarContinuous.ts'
import { pendulumRecord } from './pendulum.ts'
import type { EnvironmentName } from '../env/environments.ts'

/** The environments that come with the library, by their names on the command line. */
export const builtIns = {
  cartpole: cartPoleRecord,
  acrobot: acrobotRecord,
  'mountain-car': mountainCarRecord,
  'mountain-car-continuous': mountainCarContinuousRecord,
  pendulum: pendulumRecord,
  'flappy-bird': flappyBirdRecord,
  'flappy-bird-plain': flappyBirdPlainRecord,
  'flappy-bird-pixels': flappyBirdPixelsRecord,
  'frozen-lake': frozenLakeRecord,
  'cliff-walking': cliffWalkingRecord,
} as const satisfies { readonly [Name in EnvironmentName]: unknown }

export type BuiltInName = keyof typeof builtIns

export const isBuiltInName = (name: string): name is BuiltInName => Object.hasOwn(builtIns, name)

/** The record of that name, for callers that need not know the type of its states. */
export const builtInOf = (name: BuiltInName): BuiltIn<unknown> => builtIns[name] as BuiltIn<unknown>

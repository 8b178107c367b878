export { acrobot, untimedAcrobot, type AcrobotState } from './acrobot.ts'
export {
  checkEnv,
  checkEnvAsync,
  describeReport,
  expectEnv,
  expectEnvAsync,
  type CheckedLaw,
  type CheckOptions,
  type CheckReport,
} from './checkEnv.ts'
export { contains } from './contains.ts'
export { cartPole, untimedCartPole, type CartPoleState } from './cartPole.ts'
export { cliffWalking, cliffWalkingTable, untimedCliffWalking } from './cliffWalking.ts'
export { flappyBird, untimedFlappyBird } from './flappyBird.ts'
export type { FlappyBirdState } from './flappyBirdGame.ts'
export { flappyBirdPixels } from './flappyBirdPixels.ts'
export { flappyBirdPlain, untimedFlappyBirdPlain } from './flappyBirdPlain.ts'
export {
  FROZEN_LAKE_4X4,
  FROZEN_LAKE_8X8,
  frozenLake,
  frozenLakeTable,
  untimedFrozenLake,
  type LakeConfig,
  type LakeMap,
} from './frozenLake.ts'
export { mountainCar, untimedMountainCar, type MountainCarState } from './mountainCar.ts'
export { mountainCarContinuous, untimedMountainCarContinuous } from './mountainCarContinuous.ts'
export type {
  AsyncEnvironment,
  DiscreteEnvironment,
  Environment,
  Outcome,
  EnvSpec,
} from './environment.ts'
export { flatten, flattenSpace } from './flatten.ts'
export { fromGym, type GymEnvironment } from './gym/fromGym.ts'
export { fromGymAsync, type AsyncGymEnvironment, type AsyncGymOptions } from './gym/fromGymAsync.ts'
export type { GymState } from './gym/game.ts'
export type { GymOptions } from './gym/gymEnvironment.ts'
export type {
  AsyncGym,
  Gym,
  GymMask,
  GymNumbers,
  GymObservation,
  GymReset,
  GymStep,
} from './gym/gym.ts'
export type { NumberArray } from './numbers.ts'
export type { Observation } from './observation.ts'
export { reader, type Bound, type Reader } from './reader.ts'
export {
  box,
  choices,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  tuple,
  width,
  type Box,
  type Discrete,
  type Element,
  type MultiBinary,
  type MultiDiscrete,
  type Product,
  type Space,
  type Spaces,
  type Tuple,
} from './space.ts'
export { pendulum, untimedPendulum, type PendulumState } from './pendulum.ts'
export { actionClip } from './wrapper/actionClip.ts'
export { actionScale, type ActionRange } from './wrapper/actionScale.ts'
export { autoReset, type AutoReset, type AutoResetMode } from './wrapper/autoReset.ts'
export { episodeStatistics, type Counted } from './wrapper/episodeStatistics.ts'
export { flattenObservation } from './wrapper/flattenObservation.ts'
export { normalise, normaliseByBounds, type Statistics } from './wrapper/normalise.ts'
export { rewardScale } from './wrapper/rewardScale.ts'
export { frameStack, type Stacked } from './wrapper/frameStack.ts'
export { probes, type Probe, type ProbeAnswer } from './probe.ts'
export { sampleElement } from './sample.ts'
export { tabular, type Transition, type TransitionTable } from './tabular.ts'
export { timeLimit, type Timed } from './wrapper/timeLimit.ts'
export {
  vectorise,
  type Episode,
  type StepBatch,
  type VectorEnvironment,
  type VecEnvState,
  type EnvActions,
} from './wrapper/vectorise.ts'
export { vectoriseAsync, type AsyncVectorEnvironment } from './wrapper/vectoriseAsync.ts'

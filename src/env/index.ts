export { cartPole, untimedCartPole, type CartPoleState } from './cartPole.ts'
export type { DiscreteEnvironment, Environment, Outcome } from './environment.ts'
export { box, discrete, type Box, type Discrete, type Element, type Space } from './space.ts'
export { timeLimit, type Timed } from './wrapper/timeLimit.ts'
export {
  vectorise,
  type Episode,
  type StepBatch,
  type VectorEnvironment,
  type World,
} from './wrapper/vectorise.ts'

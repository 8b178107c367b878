export { actions, arbitrary, keys } from './arbitrary.ts'
export {
  checkEnv,
  checkEnvAsync,
  describeReport,
  expectEnv,
  expectEnvAsync,
  type CheckedLaw,
  type CheckOptions,
  type CheckReport,
} from '../env/checkEnv.ts'
export {
  checkGradient,
  expectGradient,
  numericGradient,
  type GradientOptions,
} from './checkGradient.ts'
export { closeProblem, expectClose, type Tolerance } from './close.ts'
export { trajectories, type Count, type TrajectoryOptions } from './trajectories.ts'

export { actions, arbitrary, keys } from './arbitrary.ts'
export {
  checkEnv,
  describeReport,
  expectEnv,
  type CheckedLaw,
  type CheckOptions,
  type CheckReport,
} from '../env/checkEnv.ts'

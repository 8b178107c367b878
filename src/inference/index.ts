export { foldIn, key, type Key } from '../random/key.ts'
export type { NumberArray } from '../env/numbers.ts'
export type {
  Box,
  Discrete,
  Element,
  MultiBinary,
  MultiDiscrete,
  Product,
  Space,
  Tuple,
} from '../env/space.ts'
export {
  decodePolicy,
  loadPolicy,
  type ActOptions,
  type DecodedPolicy,
  type LoadedPolicy,
} from './policy.ts'

export { adam, type AdamConfig, type AdamState } from './adam.ts'
export { clipByGlobalNorm, globalNorm } from './clipByGlobalNorm.ts'
export { constant, linearStairs, type Schedule } from './schedule.ts'
export { chain, type Transform } from './transform.ts'

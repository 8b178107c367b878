export { categorical } from './categorical.ts'
export type { Distribution, Param } from './distribution.ts'

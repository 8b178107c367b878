export { js } from './js/js.ts'
export type { Kernels } from './kernels.ts'
export { maker, type MakerName } from './makers.ts'

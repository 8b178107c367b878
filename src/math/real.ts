export { f32 } from './f32/f32.ts'
export { f64 } from './f64/f64.ts'
export { rounding, type KernelReal, type Real } from './precision.ts'

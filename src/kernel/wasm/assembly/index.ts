export { adam } from './adam'
export { affineTanh, backThroughTanh, sumRows, tanhBackward } from './dense'
export { nn, nt, tn, transpose } from './matmul'
export { setScratch } from './scratch'
export { expEach, logSoftmax, softmax } from './softmax'
export { tanh16 } from './tanh'
export { add, atLeast, mask, scale, sumSquares } from './vector'

/** The first byte that the module's own constants do not take. */
export function firstFree(): usize {
  return __heap_base
}

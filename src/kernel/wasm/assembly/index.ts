export { adam } from './adam'
export { affineTanh, sumRows, tanhBackward } from './dense'
export { nn, nt, tn } from './matmul'
export { setScratch } from './scratch'
export { exp, logSoftmax } from './softmax'
// Nobody calls it from outside, but what is exported stays a function of its own.
export { tanh16 } from './tanh'
export { add, atLeast, mask, scale, sumSquares } from './vector'

/** The first byte that the module's own constants do not take. */
export function firstFree(): usize {
  return __heap_base
}

export {
  cast,
  data,
  item,
  of,
  pick,
  reshape,
  size,
  take,
  toArray,
  transpose,
  type DType,
  type ReadonlyNumbers,
  type Shape,
  type Tensor,
} from './tensor.ts'
export { add, div, map, mean, mul, scale, shift, sub, sum } from './elementwise.ts'
export { matmul } from './matmul.ts'
export { leaves, pack, partRanges, type Params, type ParamTree, type Range } from './params.ts'

import { shown } from './shown.ts'

/** `observation: expected a tensor [batch=1, feature=4], got [1,2]: make one with tensor.of` */
export const noTensor = (argument: string, expected: string, got: unknown): RangeError =>
  new RangeError(
    `${argument}: expected a tensor${expected}, got ${shown(got)}: make one with tensor.of(dims, shape, numbers)`,
  )

/** Numbers of scratch that the kernels take which operations may call: `vector.sumSquares` has the most. */
export const OF_OPERATIONS = 32

/** Numbers of scratch that a kernel takes, by its name and sizes. */
export const scratchOf = (kernel: string, [m = 0, k = 0, n = 0]: readonly number[]): number => {
  if (kernel === 'nn' || kernel === 'affineTanh') return 8 * k + OF_OPERATIONS
  if (kernel === 'tn') return m * k + 8 * m + OF_OPERATIONS
  if (kernel === 'nt') return k * n + 8 * n + OF_OPERATIONS
  return OF_OPERATIONS
}

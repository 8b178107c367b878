import type { GpuForm } from '../../kernel/form.ts'

/** Multiplications and additions of the sums in forms, by their lengths. */
export const costOf = (forms: readonly GpuForm[]): number => {
  let cost = 1
  for (const { fills } of forms)
    for (const { out, sizes = {} } of fills) cost += 2 * out.length * (sizes['inner'] ?? 1)
  return cost
}

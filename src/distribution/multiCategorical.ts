import { expectCount } from '../tensor/argument.ts'
import { categorical } from './categorical.ts'
import type { Distribution } from './distribution.ts'
import { joint } from './joint.ts'

/**
 * One category from each of several independent groups. `param` [B, Σ sizes] holds the logits of
 * the groups side by side. Actions are i32 [B, action], one category per group. Tavakoli et al.
 * 2018, arXiv:1711.08946, factor action spaces in this way.
 *
 * @param sizes the number of categories of each group
 * @throws RangeError without a group, or when a size is not a whole number >= 1
 */
export const multiCategorical = (sizes: readonly number[]): Distribution<['action']> => {
  if (sizes.length === 0) throw new RangeError('sizes: expected at least one group, got none')
  return joint(
    'group',
    sizes.map((size, i) => [categorical, expectCount(`sizes[${i}]`, size)]),
    () => 'i32',
  )
}

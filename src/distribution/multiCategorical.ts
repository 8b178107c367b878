import { expectCount } from '../tensor/argument.ts'
import { categorical } from './categorical.ts'
import type { Distribution } from './distribution.ts'
import { joint } from './joint.ts'

/**
 * One category of each of several groups, whatever the others are; `param` [B, Σ sizes] holds the
 * logits of the groups side by side. Actions are i32 [B, action], one category a group.
 *
 * @param sizes how many categories each group has
 * @throws RangeError without a group, or when a size is no whole number >= 1
 */
export const multiCategorical = (sizes: readonly number[]): Distribution<['action']> => {
  if (sizes.length === 0) throw new RangeError('sizes: expected at least one group, got none')
  return joint(
    'group',
    sizes.map((size, i) => [categorical, expectCount(`sizes[${i}]`, size)]),
    () => 'i32',
  )
}

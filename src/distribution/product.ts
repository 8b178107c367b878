import type { Distribution } from './distribution.ts'
import { joint, type Part } from './joint.ts'

/**
 * Several independent distributions at once, such as buttons and sticks. Parameters, actions and choices of
 * the parts are concatenated, with a single number as one column. Actions [B, action] have the element type
 * of the parameters, including the whole numbers of discrete parts. Delalleau et al. 2019, arXiv:1912.11077,
 * model hybrid action spaces in this way.
 *
 * @param parts each distribution with the number of its parameters
 * @throws RangeError without a part, or when a part has no member with so many parameters
 */
export const product = (parts: readonly Part[]): Distribution<['action']> => {
  if (parts.length === 0) throw new RangeError('parts: expected at least one part, got none')
  return joint('part', parts, (dtype) => dtype)
}

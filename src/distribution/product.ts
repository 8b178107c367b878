import type { Distribution } from './distribution.ts'
import { joint, type Part } from './joint.ts'

/**
 * Several distributions at once, each whatever the others are (buttons and sticks): parameters,
 * actions and choices of the parts lie side by side, a single number as one column. Actions
 * [B, action] are of the parameters' element type, whole numbers of discrete parts among them.
 *
 * @param parts each distribution with the number of its parameters
 * @throws RangeError without a part, or when no member of a part has so many parameters
 */
export const product = (parts: readonly Part[]): Distribution<['action']> => {
  if (parts.length === 0) throw new RangeError('parts: expected at least one part, got none')
  return joint('part', parts, (dtype) => dtype)
}

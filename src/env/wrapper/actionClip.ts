import { clip } from '../linear.ts'
import { wrapper, type Wrapper } from './around.ts'
import { mapBoxes, mapNumbers, type Boxes } from './boxes.ts'

/**
 * Clips every number of an action to the bounds of its box before the environment receives it: aⱼ ↦ max(lowⱼ,
 * min(aⱼ, highⱼ)). The wrapped action space has no bounds.
 *
 * @throws RangeError unless the action space is a box or a product of boxes
 */
export const actionClip: Wrapper<Boxes> = wrapper<Boxes>((env) => ({
  ...env,
  actionSpace: mapBoxes(env.actionSpace, (box) => ({
    ...box,
    low: box.low.map(() => -Infinity),
    high: box.high.map(() => Infinity),
  })),
  step: (action, key) =>
    env.step(
      mapNumbers(env.actionSpace, action, (x, j, { low, high }) => clip(x, low[j]!, high[j]!)),
      key,
    ),
}))

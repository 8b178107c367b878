import { lay } from '../linear.ts'
import type { Box } from '../space.ts'
import { wrapper, type Wrapper } from './around.ts'
import { mapBoxes, mapNumbers, type Boxes } from './boxes.ts'

/** The range in which an agent acts. */
export interface ActionRange {
  readonly low: number
  readonly high: number
}

const expectFiniteBounds = (box: Box): void => {
  for (const [argument, bounds] of Object.entries({ low: box.low, high: box.high }))
    bounds.forEach((b, j) => {
      if (!Number.isFinite(b))
        throw new RangeError(`${argument}[${j}]: expected a finite bound to scale to, got ${b}`)
    })
}

/**
 * The agent acts in [low, high], which is scaled linearly to the bounds of each entry of the environment's
 * box, exactly at both ends: (high − a)/(high − low) · lowⱼ + (a − low)/(high − low) · highⱼ. Actions beyond
 * low and high are clipped. With [−1, 1], it equals `squash` of `reader`, to the bit.
 *
 * @throws RangeError unless low < high are finite, and the action space is a box with finite
 * bounds, or a product of such boxes
 */
export const actionScale = ({ low, high }: ActionRange = { low: -1, high: 1 }): Wrapper<Boxes> => {
  if (!(low < high && Number.isFinite(high - low)))
    throw new RangeError(`low: expected finite low < high, got low ${low} and high ${high}`)
  return wrapper<Boxes>((env) => ({
    ...env,
    actionSpace: mapBoxes(env.actionSpace, (box) => {
      expectFiniteBounds(box)
      return { ...box, low: box.low.map(() => low), high: box.high.map(() => high) }
    }),
    step: (action, key) =>
      env.step(
        mapNumbers(env.actionSpace, action, (x, j, box) =>
          lay(x, low, high, box.low[j]!, box.high[j]!),
        ),
        key,
      ),
  }))
}

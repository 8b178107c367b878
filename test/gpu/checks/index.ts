import type { Checks } from '../check.ts'
import { learnsCartPole } from './cartPole.ts'
import { leaks } from './leaks.ts'
import { learning } from './learning.ts'
import { losesDevice } from './loss.ts'
import { ops } from './ops.ts'
import { learnsPixels } from './wide.ts'

/** In the order in which they run: the last one takes the device with it. */
export const checks: Readonly<Record<string, Checks>> = {
  ops,
  learning,
  leaks,
  learnsPixels,
  learnsCartPole,
  losesDevice,
}

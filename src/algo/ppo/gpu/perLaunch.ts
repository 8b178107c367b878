import type { PpoConfig } from '../config.ts'
import { netSizes, type Sizes } from './sizes.ts'

/** Multiplications and additions of one launch: more of them may look like a hanging driver. */
const LONGEST = 4e9

/** Steps of one launch: each is written down, kernel by kernel. */
const MOST = 64

/** How many minibatches go into one launch: a divisor of the number of an update. */
export const perLaunch = (config: PpoConfig, sizes: Sizes): number => {
  const { actor, critic } = netSizes(config, sizes)
  const products = (net: readonly number[]): number =>
    net.slice(1).reduce((sum, width, i) => sum + width * net[i]!, 0)
  const rows = (config.envs * config.steps) / config.minibatches
  const most = Math.min(MOST, LONGEST / (6 * rows * (products(actor) + products(critic))))
  const steps = config.epochs * config.minibatches
  let found = 1
  for (let n = 2; n <= most; n++) if (steps % n === 0) found = n
  return found
}

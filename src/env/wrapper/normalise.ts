import { expectAbove } from '../../tensor/argument.ts'
import type { AnyEnvironment } from '../environment.ts'
import { clip as held, lay } from '../linear.ts'
import { mapNumberArray } from '../numbers.ts'
import type { Box, Space } from '../space.ts'
import { wrapper, type Wrapper } from './around.ts'

/** The fixed statistics that normalise observations. */
export interface Statistics {
  /** One number per feature. */
  readonly mean: readonly number[]
  /** One number > 0 per feature; 1 for a feature that never changes. */
  readonly std: readonly number[]
  /** Results are clipped to ±clip; > 0, Infinity (no clip) by default. */
  readonly clip?: number
}

const observed = <S, A extends Space>(
  env: AnyEnvironment<S, A>,
  bounds: Pick<Box, 'low' | 'high'>,
  change: (x: number, j: number) => number,
): AnyEnvironment<S, A> => ({
  ...env,
  observationSpace: { ...env.observationSpace, ...bounds },
  observe: (state) => mapNumberArray('observation', env.observe(state), change),
})

/**
 * Normalises observations feature by feature, x ↦ (x − mean)/std, and clips them to ±clip; the bounds of the
 * observation space are transformed accordingly. The statistics are fixed: a pure environment remembers
 * nothing from one episode to the next. Running statistics are part of a training run; its config turns them
 * on (`normalise.observation`).
 *
 * @throws RangeError unless there are a finite mean and a finite std > 0 per feature, and clip > 0
 */
export const normalise = ({ mean, std, clip = Infinity }: Statistics): Wrapper => {
  expectAbove('clip', clip, 0)
  mean.forEach((m, j) => {
    if (!Number.isFinite(m)) throw new RangeError(`mean[${j}]: expected a finite number, got ${m}`)
  })
  std.forEach((s, j) => {
    if (!(s > 0 && Number.isFinite(s)))
      throw new RangeError(`std[${j}]: expected a finite number > 0, got ${s}`)
  })
  const change = (x: number, j: number): number => held((x - mean[j]!) / std[j]!, -clip, clip)
  return wrapper((env) => {
    const { size, low, high } = env.observationSpace
    for (const [argument, numbers] of Object.entries({ mean, std }))
      if (numbers.length !== size)
        throw new RangeError(
          `${argument}: expected ${size} numbers as in ${env.name}'s observationSpace, got ${numbers.length}`,
        )
    return observed(env, { low: low.map(change), high: high.map(change) }, change)
  })
}

/**
 * Maps the bounds of observations linearly to [−1, 1], exactly at both ends, and clips the result.
 * A feature with only one possible value becomes 0. A feature whose bounds are far larger than its
 * values, such as the largest f32 for a speed, becomes almost 0: use `normalise` with statistics
 * for it.
 *
 * @throws RangeError for infinite bounds, and finite ones whose difference is not
 */
export const normaliseByBounds: Wrapper = wrapper((env) => {
  const { low, high } = env.observationSpace
  for (const [argument, bounds] of Object.entries({ low, high }))
    bounds.forEach((b, j) => {
      if (!Number.isFinite(b))
        throw new RangeError(
          `observationSpace.${argument}[${j}]: expected a finite bound to normalise by, got ${b}`,
        )
    })
  low.forEach((b, j) => {
    if (!Number.isFinite(high[j]! - b))
      throw new RangeError(
        `observationSpace.low[${j}]: expected a finite distance to high[${j}] = ${high[j]}, got ${b}`,
      )
  })
  return observed(env, { low: low.map(() => -1), high: high.map(() => 1) }, (x, j) =>
    low[j] === high[j] ? 0 : lay(x, low[j]!, high[j]!, -1, 1),
  )
})

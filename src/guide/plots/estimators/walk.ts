import type { Key } from '../../../random/key.ts'
import { uniform } from '../../../random/uniform.ts'
import type { Steps, TimeEnv } from '../../../rl/steps.ts'
import { of, toArray } from '../../../tensor/tensor.ts'
/**
 * The random walk of Sutton and Barto 2018, example 6.2: states A … E in a row, a start in C, a
 * step left or right with probability ½ each, an end beyond either side, and a reward of 1 for the
 * one on the right. With γ = 1 the state in place i of 5 is worth i / 6.
 */
export const STATES = 5
export const START = 3
export const TRUE_VALUES: readonly number[] = Array.from(
  { length: STATES },
  (_, i) => (i + 1) / (STATES + 1),
)

/** Some walks last longer than this: one in 10⁸, and those are cut off there. */
const LONGEST = 128

/**
 * Episodes side by side as steps [time, env], with these values for states 1 to 5 as V. After the
 * end of its episode a column holds ended steps without a reward.
 */
export const walks = (key: Key, episodes: number, values: readonly number[]): Steps => {
  const size = LONGEST * episodes
  const coin = toArray(uniform(key, ['time', 'env'], [LONGEST, episodes], 'f64'))
  const out = {
    reward: new Float64Array(size),
    value: new Float64Array(size),
    nextValue: new Float64Array(size),
    terminated: new Uint8Array(size).fill(1),
    truncated: new Uint8Array(size),
  }
  for (let e = 0; e < episodes; e++) {
    let place = START
    for (let i = e; i < size && place >= 1 && place <= STATES; i += episodes) {
      out.value[i] = values[place - 1]!
      place += coin[i]! < 0.5 ? -1 : 1
      const ended = place < 1 || place > STATES
      out.terminated[i] = Number(ended)
      out.reward[i] = Number(place > STATES)
      out.nextValue[i] = ended ? 0 : values[place - 1]!
    }
  }
  const shaped = (x: Float64Array | Uint8Array): TimeEnv =>
    of(['time', 'env'], [LONGEST, episodes], x)
  return {
    reward: shaped(out.reward),
    value: shaped(out.value),
    nextValue: shaped(out.nextValue),
    terminated: shaped(out.terminated),
    truncated: shaped(out.truncated),
  }
}

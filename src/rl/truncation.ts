import { promote } from '../tensor/elementwise.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { expectAlike } from '../tensor/check.ts'
import { allocate, data, ownLike, type Tensor } from '../tensor/tensor.ts'
import { unitInterval, type Discount, type Steps } from './steps.ts'

const KINDS = ['exact', 'terminate', 'mask', 'current'] as const

/**
 * How a learner treats a step at which the episode was truncated:
 *
 * - `exact`: the value of the last state counts, δ = r + γ V(s′) − V(s). Pardo et al. 2018,
 *   arXiv:1712.00378, "partial-episode bootstrapping".
 * - `terminate`: it counts as a termination, δ = r − V(s). CleanRL's ppo.py, OpenAI Baselines.
 * - `mask`: the step teaches nothing: Â = 0 and G = V(s), and the step before it looks no further
 *   than V(s). Brax.
 * - `current`: V of the state in which the action was taken stands in for that of the next one, δ =
 *   r + γ V(s) − V(s). rsl_rl.
 */
export type TruncationKind = (typeof KINDS)[number]

/** `t` with f(i) in place of element i where `at` says so. */
const replaced = <D extends string[]>(
  t: Tensor<D>,
  dtype: Tensor['dtype'],
  at: Uint8Array,
  f: (i: number) => number,
): Tensor<D> => {
  const out = allocate(dtype, at.length)
  const from = data(t)
  for (let i = 0; i < at.length; i++) out[i] = at[i] === 1 ? f(i) : from[i]!
  return ownLike(t, out)
}

/** The reward that, taken as the last one of all, gives the convention's δ. */
const lastReward = (
  kind: Exclude<TruncationKind, 'exact'>,
  { reward, value }: Steps,
  gamma: Discount | undefined,
): ((i: number) => number) => {
  const [r, v] = [data(reward), data(value)]
  if (kind === 'terminate') return (i) => r[i]!
  if (kind === 'mask') return (i) => v[i]!
  if (typeof gamma === 'number') return (i) => r[i]! + gamma * v[i]!
  const gammas = data(gamma!)
  return (i) => r[i]! + gammas[i]! * v[i]!
}

/**
 * Turns steps into steps whose exact estimates (`gae`, `lambdaReturn`, `kStepAdvantage`) are those
 * of another convention for truncations. Each truncated step becomes a terminated one, with the
 * reward that gives the convention's δ. A step that is also terminated counts as a termination in
 * every convention. Steps without a truncation are returned unchanged. Pardo et al. 2018,
 * arXiv:1712.00378, compare the conventions.
 *
 * @param gamma γ in [0, 1], a number or [time, env]; only `current` needs it
 * @throws RangeError when the kind is unknown, shapes differ, or γ is missing or out of range
 */
export const truncation = (kind: TruncationKind, gamma?: Discount): ((steps: Steps) => Steps) => {
  expectOneOf('kind', kind, KINDS)
  if (kind === 'current') unitInterval('gamma', gamma ?? NaN)
  return (steps) => {
    const { reward, value, terminated, truncated } = steps
    expectAlike({ reward, value, terminated, truncated })
    if (typeof gamma === 'object') expectAlike({ reward, gamma })
    if (kind === 'exact') return steps
    const [over, off] = [data(terminated), data(truncated)]
    const at = new Uint8Array(over.length)
    for (let i = 0; i < at.length; i++) at[i] = off[i] !== 0 && over[i] === 0 ? 1 : 0
    if (!at.includes(1)) return steps
    return {
      ...steps,
      reward: replaced(reward, promote(reward, value), at, lastReward(kind, steps, gamma)),
      terminated: replaced(terminated, terminated.dtype, at, () => 1),
      truncated: replaced(truncated, truncated.dtype, at, () => 0),
    }
  }
}

import { timesStd } from '../distribution/overStd.ts'
import { BELOW_ONE, LEAST, sigmoid } from '../distribution/scalars.ts'
import { clip, lay } from '../env/linear.ts'
import type { Bound } from '../env/reader.ts'
import type { Box } from '../env/space.ts'
import { exp } from '../math/f64/exp.ts'
import { tanh } from '../math/f64/tanh.ts'
import { pick } from '../random/categorical.ts'
import { check } from './check.ts'
import { fillUniform, uniformToNormal, type Words } from './draw.ts'
import type { Kernels } from './kernels.ts'

/** e^x and ln x in f32. */
export type Exponentials = Pick<Kernels, 'exp' | 'log'>

const fround = Math.fround

/** Where a part of the action space has its parameters, choices and numbers of an action. */
export interface Place {
  readonly param: number
  readonly choice: number
  readonly action: number
}

/** Numbers of all leaves: parameters after the mask, probabilities, and an action. */
export interface Row {
  readonly param: Float64Array
  readonly probability: Float32Array
  readonly action: Float64Array
}

/** A part of an action whose numbers do not depend on the other parts. */
export interface Leaf {
  /** how many parameters, choices and numbers of an action it has */
  readonly params: number
  readonly choices: number
  readonly width: number
  /** the most probable action; for a box, that of the mean */
  readonly mode: (row: Row) => void
  /** An action drawn by the words of a key. */
  readonly sample: (row: Row, words: Words) => void
  /** Writes the probability of each choice. */
  readonly probabilities: (row: Row) => void
  /** whether a mask has to leave a choice open: of bits all may be closed, to 0 */
  readonly needsOpen: boolean
}

const expectUsable = (ok: boolean): void => {
  check(ok, 'logits', 'numbers', 'NaN')
}

/** One of n categories: softmax in f32, the sum in rising order. */
export const categorical = (
  { exp: exp32, log: log32 }: Exponentials,
  n: number,
  start: number,
  at: Place,
): Leaf => {
  const uniform = new Float64Array(1)
  const shifted = new Float64Array(n)
  const probabilities = ({ param, probability }: Row): void => {
    let max = -Infinity
    for (let j = 0; j < n; j++) {
      const x = Math.max(param[at.param + j]!, LEAST)
      shifted[j] = x
      if (x > max) max = x
    }
    let total = 0
    for (let j = 0; j < n; j++) {
      shifted[j] = fround(shifted[j]! - max)
      total = fround(total + exp32(shifted[j]!))
    }
    const logTotal = log32(total)
    for (let j = 0; j < n; j++) probability[at.choice + j] = exp32(fround(shifted[j]! - logTotal))
  }
  return {
    params: n,
    choices: n,
    width: 1,
    needsOpen: true,
    probabilities,

    mode: ({ param, action }) => {
      let max = -Infinity
      let best = -1
      for (let j = 0; j < n; j++) {
        const x = param[at.param + j]!
        if (x > max) best = j
        max = Math.max(max, x)
      }
      expectUsable(Number.isFinite(max))
      action[at.action] = start + best
    },

    sample: (row, words) => {
      probabilities(row)
      fillUniform(uniform, 1, words)
      const picked = pick(row.probability, at.choice, n, uniform[0]!)
      expectUsable(picked >= 0 && row.param[at.param + picked] !== -Infinity)
      row.action[at.action] = start + picked
    },
  }
}

/** n bits, each 1 with probability σ(x). */
export const bernoulli = (n: number, at: Place): Leaf => {
  const uniform = new Float64Array(n)
  const logit = (param: Float64Array, j: number): number => {
    const x = param[at.param + j]!
    expectUsable(!Number.isNaN(x))
    return x
  }
  return {
    params: n,
    choices: n,
    width: n,
    needsOpen: false,

    mode: ({ param, action }) => {
      for (let j = 0; j < n; j++) action[at.action + j] = logit(param, j) > 0 ? 1 : 0
    },

    sample: ({ param, action }, words) => {
      fillUniform(uniform, n, words)
      for (let j = 0; j < n; j++) {
        const x = logit(param, j)
        action[at.action + j] = uniform[j]! < sigmoid(x, exp(-Math.abs(x))) ? 1 : 0
      }
    },

    probabilities: ({ param, probability }) => {
      for (let j = 0; j < n; j++) {
        const x = logit(param, j)
        probability[at.choice + j] = sigmoid(x, exp(-Math.abs(x)))
      }
    },
  }
}

/** A Gaussian for each number of a box: n means, then n log standard deviations. */
export const gaussian = (
  { size: n, low, high }: Box,
  bound: Bound,
  { min, max }: { readonly min: number | null; readonly max: number | null },
  at: Place,
): Leaf => {
  check(
    bound !== 'squash' || [...low, ...high].every(Number.isFinite),
    'actionSpace',
    'finite bounds to squash to',
    Infinity,
  )
  const z = new Float64Array(n + (n % 2))
  const [least, most] = [min ?? -Infinity, max ?? Infinity]

  // Over an array, since engines box the number that a call is given.
  /** Makes actions of the numbers in z that the policy takes, as the environment gets them. */
  const act = (action: Float64Array): void => {
    for (let j = 0; j < n; j++) {
      const u = z[j]!
      const x = fround(
        bound === 'squash' ? Math.max(-BELOW_ONE.f32, Math.min(tanh(u), BELOW_ONE.f32)) : u,
      )
      expectUsable(x >= -Infinity)
      action[at.action + j] =
        bound === 'none'
          ? x
          : bound === 'clip'
            ? clip(x, low[j]!, high[j]!)
            : lay(x, -1, 1, low[j]!, high[j]!)
    }
  }
  return {
    params: 2 * n,
    choices: 0,
    width: n,
    needsOpen: false,

    mode: ({ param, action }) => {
      for (let j = 0; j < n; j++) z[j] = param[at.param + j]!
      act(action)
    },

    sample: ({ param, action }, words) => {
      fillUniform(z, z.length, words)
      uniformToNormal(z)
      for (let j = 0; j < n; j++) {
        const logStd = fround(Math.max(least, Math.min(param[at.param + n + j]!, most)))
        z[j] = param[at.param + j]! + timesStd(z[j]!, logStd, exp(logStd))
      }
      act(action)
    },

    probabilities: () => undefined,
  }
}

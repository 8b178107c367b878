import * as E from 'fp-ts/lib/Either.js'
import type { Normaliser } from '../../algo/look.ts'
import type { Moments } from '../../rl/moments.ts'
import { own } from '../../tensor/tensor.ts'
import { failure, type PolicyFileError } from './policyFile.ts'
import type { Layout } from './stateDict.ts'
import type { Tensors } from './stateNames.ts'

/** Tensor names of running statistics. */
const NAMES: {
  readonly [L in Layout]: Readonly<Record<'observation' | 'reward' | 'returns' | 'spread', string>>
} = {
  proximal: {
    observation: 'normaliser.observation',
    reward: 'normaliser.reward',
    returns: 'normaliser.reward.returns',
    spread: 'm2',
  },
  // As VecNormalize of Stable-Baselines3 and NormalizeObservation of Gymnasium name them.
  sb3: { observation: 'obs_rms', reward: 'ret_rms', returns: 'ret_rms.returns', spread: 'var' },
  cleanrl: { observation: 'obs_rms', reward: 'ret_rms', returns: 'ret_rms.returns', spread: 'var' },
}

const numbersOf = (
  tensors: Tensors,
  name: string,
  length: number | null,
): E.Either<PolicyFileError, Float64Array> => {
  const found = tensors.get(name)
  const isRight =
    found?.dtype === 'f64' &&
    found.shape.length === 1 &&
    (length === null || found.shape[0] === length) &&
    found.data.every((x) => Number.isFinite(x))
  return isRight
    ? E.right(Float64Array.from(found.data))
    : E.left(
        failure(
          'damaged',
          `${name}: expected ${length ?? 'some'} finite f64 numbers, got ${found === undefined ? 'nothing' : `${found.dtype} [${found.shape.join(', ')}] or one that is not finite`}`,
        ),
      )
}

const readMoments = (
  tensors: Tensors,
  name: string,
  spread: string,
  features: number,
): E.Either<PolicyFileError, Moments> => {
  const count = numbersOf(tensors, `${name}.count`, 1)
  if (E.isLeft(count)) return count
  const mean = numbersOf(tensors, `${name}.mean`, features)
  if (E.isLeft(mean)) return mean
  const width = numbersOf(tensors, `${name}.${spread}`, features)
  if (E.isLeft(width)) return width
  const n = count.right[0]!
  if (n < 0 || width.right.some((x) => x < 0))
    return E.left(failure('damaged', `${name}: expected a count and a ${spread} >= 0, got less`))
  const m2 = spread === 'm2' ? width.right : width.right.map((x) => x * n)
  return E.right({
    count: n,
    mean: own(['feature'], [features], mean.right),
    m2: own(['feature'], [features], m2),
  })
}

/** The running statistics in a state dict, or null. */
export const readStatistics = (
  tensors: Tensors,
  layout: Layout,
  features: number,
): E.Either<PolicyFileError, Normaliser | null> => {
  const { observation, reward, returns, spread } = NAMES[layout]
  const has = (name: string) => tensors.has(`${name}.mean`)
  if (!has(observation) && !has(reward)) return E.right(null)
  const seen = has(observation)
    ? readMoments(tensors, observation, spread, features)
    : E.right(null)
  if (E.isLeft(seen)) return seen
  if (!has(reward) || !tensors.has(returns))
    return E.right({ observation: seen.right, reward: null })
  const earned = readMoments(tensors, reward, spread, 1)
  if (E.isLeft(earned)) return earned
  const running = numbersOf(tensors, returns, null)
  if (E.isLeft(running)) return running
  return E.right({
    observation: seen.right,
    reward: {
      moments: earned.right,
      returns: own(['env'], [running.right.length], running.right),
    },
  })
}

/** Whether a tensor belongs to running statistics. */
export const isStatistic = (layout: Layout, name: string): boolean =>
  name.startsWith(`${NAMES[layout].observation}.`) || name.startsWith(`${NAMES[layout].reward}.`)

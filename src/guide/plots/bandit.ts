/** A policy over four actions and no states, which is enough to see what the weight of a gradient does. */
import { categorical } from '../../distribution/categorical.ts'
import { f64 } from '../../math/real.ts'
import { foldIn, type Key } from '../../random/key.ts'
import { policyGradientGrad } from '../../rl/loss/policyGradient.ts'
import { data, of, toArray, type Tensor } from '../../tensor/tensor.ts'

/** Q of each action. */
const VALUES: readonly number[] = [0, 0.3, 0.6, 1]
const BATCH = 8

export interface BanditConfig {
  readonly learningRate: number
  readonly updates: number
  /** what is added to Q of every action: how good or bad the state is */
  readonly offset: number
  /** whether the weight is the advantage Q − V rather than Q */
  readonly subtractsValue: boolean
}

/** E[Q] of the policy before each update, without the offset. */
export const banditReturns = (config: BanditConfig, key: Key): readonly number[] => {
  const { learningRate, updates, offset, subtractsValue } = config
  const logits = new Float64Array(VALUES.length)
  const every: Tensor<['env']> = of(
    ['env'],
    [VALUES.length],
    Int32Array.from(VALUES, (_, a) => a),
  )
  const rows = (count: number): Tensor<['env', 'param']> =>
    of(
      ['env', 'param'],
      [count, VALUES.length],
      Float64Array.from({ length: count * VALUES.length }, (_, i) => logits[i % VALUES.length]!),
    )
  return Array.from({ length: updates }, (_, update) => {
    const probabilities = toArray(categorical.at(rows(VALUES.length)).logProb(every)).map(f64.exp)
    const value = probabilities.reduce((sum, p, a) => sum + p * VALUES[a]!, 0)

    const policy = categorical.at(rows(BATCH))
    const action = policy.sample(foldIn(key, update))
    const weights = toArray(action).map(
      (a) => VALUES[a]! + offset - (subtractsValue ? value + offset : 0),
    )
    const advantage = of(['env'], [BATCH], Float64Array.from(weights))
    const dLogProb = policyGradientGrad(policy.logProb(action), { advantage })
    const grad = data(policy.logProbGrad(action, dLogProb))
    for (let i = 0; i < grad.length; i++)
      logits[i % VALUES.length]! += (learningRate * grad[i]!) / BATCH
    return value
  })
}

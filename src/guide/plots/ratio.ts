import { diagonalGaussian } from '../../distribution/diagonalGaussian.ts'
import { foldIn, key, type Key } from '../../random/key.ts'
import { meanStd } from '../../rl/meanStd.ts'
import { ratioSurrogate } from '../../rl/loss/ratioSurrogate.ts'
import { mean } from '../../tensor/elementwise.ts'
import { of, reshape, type Tensor } from '../../tensor/tensor.ts'
import { grid, pointsOf } from './grid.ts'
import type { Panel } from './panel.ts'

const BATCHES = 600
const BATCH = 64
const SHIFTS = grid(0, 1.6, 9)

/** N(mean, 1) in each row. */
const policyAt = (shift: number) =>
  diagonalGaussian.at(
    of(
      ['env', 'param'],
      [BATCH, 2],
      Float64Array.from({ length: 2 * BATCH }, (_, i) => (i % 2 === 0 ? shift : 0)),
    ),
  )

interface Spread {
  readonly mean: number
  readonly std: number
}

/** Estimates of E[Q] under N(shift, 1) from actions of N(0, 1), with Q(a) = a: the truth is the shift. */
const estimates = (shift: number, batches: number, from: Key): Spread => {
  const old = policyAt(0)
  const now = policyAt(shift)
  const found = Array.from({ length: batches }, (_, batch) => {
    const action = old.sample(foldIn(from, batch))
    const advantage: Tensor<['env']> = reshape(action, ['env'], [BATCH])
    const oldLogProb = old.logProb(action)
    return mean(ratioSurrogate(now.logProb(action), { oldLogProb, advantage }))
  })
  return meanStd(found)
}

/** What importance sampling corrects, and what it costs. */
export const ratioPlot = (effort: number): readonly Panel[] => {
  const batches = Math.ceil(effort * BATCHES)
  const found = new Map(
    SHIFTS.map((shift, i) => [shift, estimates(shift, batches, foldIn(key(2), i))]),
  )
  const shiftAxis = { en: 'shift of the new policy', zh: '新策略的偏移' }
  return [
    {
      title: { en: 'Mean of 600 estimates', zh: '600 次估计的均值' },
      x: shiftAxis,
      y: { en: 'E[Q] of the new policy', zh: '新策略的 E[Q]' },
      curves: [
        {
          name: { en: 'truth', zh: '真值' },
          kind: 'line',
          colour: 1,
          points: pointsOf(SHIFTS, (shift) => shift),
        },
        {
          name: { en: 'weighted by r', zh: '以 r 加权' },
          kind: 'dots',
          colour: 2,
          points: pointsOf(SHIFTS, (shift) => found.get(shift)!.mean),
        },
      ],
    },
    {
      title: { en: 'Spread of one estimate', zh: '单次估计的离散程度' },
      x: shiftAxis,
      y: { en: 'standard deviation', zh: '标准差' },
      curves: [
        {
          name: { en: 'weighted by r, 64 samples', zh: '以 r 加权，64 个样本' },
          kind: 'line',
          colour: 2,
          points: pointsOf(SHIFTS, (shift) => found.get(shift)!.std),
        },
      ],
    },
  ]
}

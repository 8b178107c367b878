import { foldIn, key } from '../../random/key.ts'
import type { Point } from '../../report/series.ts'
import { paired } from './grid.ts'
import { banditReturns } from './bandit.ts'
import type { Panel } from './panel.ts'

const UPDATES = 100
const RUNS = 40

const meanReturns = (offset: number, subtractsValue: boolean, runs: number): readonly Point[] => {
  const sums = new Float64Array(UPDATES)
  for (let run = 0; run < runs; run++)
    banditReturns(
      { learningRate: 0.4, updates: UPDATES, offset, subtractsValue },
      foldIn(key(5), run),
    ).forEach((value, i) => {
      sums[i]! += value
    })
  return paired(
    Array.from(sums, (_, i) => i),
    Array.from(sums, (sum) => sum / runs),
  )
}

const panel = (offset: number, runs: number, title: Panel['title']): Panel => ({
  title,
  x: { en: 'update', zh: '更新次数' },
  y: { en: 'J above the worst action', zh: 'J（相对最差动作）' },
  yRange: [0, 1],
  curves: [
    {
      name: { en: 'weight A = Q − V', zh: '权重 A = Q − V' },
      kind: 'line',
      colour: 1,
      points: meanReturns(offset, true, runs),
    },
    {
      name: { en: 'weight Q', zh: '权重 Q' },
      kind: 'dashed',
      colour: 2,
      points: meanReturns(offset, false, runs),
    },
  ],
})

/** Four actions in a neutral and in a bad state, weighted by Q and by Q − V. */
export const advantagePlot = (effort: number): readonly Panel[] => {
  const runs = Math.ceil(effort * RUNS)
  return [
    panel(0, runs, { en: 'Q from 0 to 1', zh: 'Q 在 0 到 1 之间' }),
    panel(-6, runs, { en: 'Q from −6 to −5', zh: 'Q 在 −6 到 −5 之间' }),
  ]
}

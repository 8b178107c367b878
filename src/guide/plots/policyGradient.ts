import { key } from '../../random/key.ts'
import { paired } from './grid.ts'
import { banditReturns } from './bandit.ts'
import type { Panel } from './panel.ts'

const UPDATES = 60
const SEEDS = [1, 2, 3, 4] as const

const panel = (learningRate: number): Panel => ({
  title: {
    en: `Learning rate ${learningRate}`,
    zh: `学习率 ${learningRate}`,
  },
  x: { en: 'update', zh: '更新次数' },
  y: { en: 'expected return J', zh: '期望回报 J' },
  yRange: [0, 1],
  curves: SEEDS.map((seed) => ({
    name: { en: `seed ${seed}`, zh: `种子 ${seed}` },
    kind: 'line',
    colour: seed,
    points: paired(
      Array.from({ length: UPDATES }, (_, update) => update),
      banditReturns(
        { learningRate, updates: UPDATES, offset: 0, subtractsValue: false },
        key(seed),
      ),
    ),
  })),
})

/** The plain policy gradient with a small and with a large step. */
export const policyGradientPlot = (): readonly Panel[] => [panel(1), panel(20)]

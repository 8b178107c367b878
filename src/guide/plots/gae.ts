import { key } from '../../random/key.ts'
import { gae } from '../../rl/gae.ts'
import { kStepWeights } from '../../rl/kStepWeights.ts'
import { errorPanel } from './errors.ts'
import { paired } from './grid.ts'
import type { Panel } from './panel.ts'

const STEPS = 20
const WEIGHED = [
  [0.5, 1],
  [0.9, 2],
  [0.95, 3],
] as const
const LAMBDAS = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1]

/** What each k-step estimate weighs, and what mixing them comes to. */
export const gaePlot = (effort: number): readonly Panel[] => [
  {
    title: { en: 'Weights, 20 steps from the end', zh: '距终点 20 步时的权重' },
    x: { en: 'k', zh: 'k' },
    y: { en: 'weight of Â⁽ᵏ⁾', zh: 'Â⁽ᵏ⁾ 的权重' },
    curves: WEIGHED.map(([lambda, colour]) => ({
      name: { en: `λ = ${lambda}`, zh: `λ = ${lambda}` },
      kind: 'line',
      colour,
      points: paired(
        Array.from({ length: STEPS }, (_, i) => i + 1),
        Array.from(kStepWeights(lambda, STEPS)),
      ),
    })),
  },
  errorPanel({
    title: { en: 'GAE on the walk, V = 0', zh: '随机游走上的 GAE，V = 0' },
    x: { en: 'λ', zh: 'λ' },
    places: LAMBDAS,
    estimators: LAMBDAS.map((lambda) => gae({ gamma: 1, lambda })),
    effort,
    key: key(7),
  }),
]

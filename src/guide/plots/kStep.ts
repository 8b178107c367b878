import { key } from '../../random/key.ts'
import { kStepAdvantage } from '../../rl/kStep.ts'
import { errorPanel } from './errors.ts'
import type { Panel } from './panel.ts'

const KS = [1, 2, 4, 8, 16, 32] as const

/** Bias and variance of the k-step advantages at the start of a random walk, with V = 0. */
export const kStepPlot = (effort: number): readonly Panel[] => [
  errorPanel({
    title: { en: 'k-step advantages, V = 0', zh: 'k 步优势估计，V = 0' },
    x: { en: 'k (doubles from tick to tick)', zh: 'k（每格加倍）' },
    xTicks: KS.map((k, i) => [i, String(k)]),
    places: KS.map((_, i) => i),
    estimators: KS.map((k) => kStepAdvantage({ gamma: 1, k })),
    effort,
    key: key(6),
  }),
]

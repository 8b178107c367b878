/** The objectives of the ladder as functions of the ratio, from the functions that train. */
import { f64 } from '../../math/real.ts'
import { surrogate, surrogateGrad, type SurrogateKind } from '../../rl/loss/surrogate.ts'
import type { Point } from '../../report/series.ts'
import { of, toArray } from '../../tensor/tensor.ts'
import { grid, paired } from './grid.ts'
import type { Curve, Panel } from './panel.ts'

const CLIP = 0.2
// The places of the kinks, 1 ± ε, are among these.
const RATIOS = grid(0.5, 1.6, 111)

/** L and ∂L/∂r of an objective at each ratio. The library differentiates in log π, and dr/d log π = r. */
const objectiveAt = (
  kind: SurrogateKind,
  advantage: number,
): { readonly value: readonly Point[]; readonly slope: readonly Point[] } => {
  const column = (f: (ratio: number) => number) =>
    of(['sample'], [RATIOS.length], Float64Array.from(RATIOS, f))
  const logProb = column(f64.log)
  const batch = { oldLogProb: column(() => 0), advantage: column(() => advantage) }
  const config = { surrogate: kind, clip: CLIP }
  const grads = toArray(surrogateGrad(config)(logProb, batch))
  return {
    value: paired(RATIOS, toArray(surrogate(config)(logProb, batch))),
    slope: paired(
      RATIOS,
      grads.map((grad, i) => grad / RATIOS[i]!),
    ),
  }
}

const signs = [
  [1, { en: 'Â = +1: better than expected', zh: 'Â = +1：比预期好' }],
  [-1, { en: 'Â = −1: worse than expected', zh: 'Â = −1：比预期差' }],
] as const

const ratioAxis = { en: 'ratio r', zh: '比值 r' }
const valueAxis = { en: 'objective and slope', zh: '目标函数与斜率' }

const slopeOf = (kind: SurrogateKind, advantage: number): Curve => ({
  name: { en: 'slope ∂L/∂r', zh: '斜率 ∂L/∂r' },
  kind: 'dashed',
  colour: 2,
  points: objectiveAt(kind, advantage).slope,
})

/** clip(r, 1 − ε, 1 + ε) Â alone: flat on both sides. */
export const clipAlonePlot = (): readonly Panel[] =>
  signs.map(([advantage, title]) => ({
    title,
    x: ratioAxis,
    y: valueAxis,
    yRange: [-1.6, 1.6],
    curves: [
      {
        name: { en: 'clip(r, 0.8, 1.2) Â', zh: 'clip(r, 0.8, 1.2) Â' },
        kind: 'line',
        colour: 1,
        points: objectiveAt('clipAlone', advantage).value,
      },
      slopeOf('clipAlone', advantage),
    ],
  }))

/** min(r Â, clip(r, 1 − ε, 1 + ε) Â): flat on one side. */
export const clippedPlot = (): readonly Panel[] =>
  signs.map(([advantage, title]) => ({
    title,
    x: ratioAxis,
    y: valueAxis,
    yRange: [-1.6, 1.6],
    curves: [
      {
        name: { en: 'min(r Â, clip(r, 0.8, 1.2) Â)', zh: 'min(r Â, clip(r, 0.8, 1.2) Â)' },
        kind: 'line',
        colour: 1,
        points: objectiveAt('clip', advantage).value,
      },
      slopeOf('clip', advantage),
      {
        name: { en: 'without the minimum', zh: '不取最小值时' },
        kind: 'dots',
        colour: 3,
        points: objectiveAt('clipAlone', advantage).value.filter((_, i) => i % 5 === 0),
      },
    ],
  }))

/** The plots of the guide, by the names that its pages use. */
import { advantagePlot } from './advantage.ts'
import { flappyBirdPlot } from './flappyBird.ts'
import { gaePlot } from './gae.ts'
import { klPlot } from './kl.ts'
import { kStepPlot } from './kStep.ts'
import { clipAlonePlot, clippedPlot } from './objectives.ts'
import type { Panel } from './panel.ts'
import { policyGradientPlot } from './policyGradient.ts'
import { ratioPlot } from './ratio.ts'
import { rlhfPlot } from './rlhf.ts'

/**
 * Computes a plot by the functions that train.
 *
 * @param effort the part of the work that is done, at most 1: pages are drawn with 1
 */
export type Plot = (effort: number) => readonly Panel[]

export const plots: { readonly [name: string]: Plot } = {
  'policy-gradient': policyGradientPlot,
  ratio: ratioPlot,
  'clip-alone': clipAlonePlot,
  clipped: clippedPlot,
  advantage: advantagePlot,
  'k-step': kStepPlot,
  gae: gaePlot,
  kl: klPlot,
  'flappy-bird': flappyBirdPlot,
  rlhf: rlhfPlot,
}

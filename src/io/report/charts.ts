import type { Metrics } from '../../algo/ppo/iterate.ts'
import type { Mark } from './chart.ts'
import { movingMean, perEpisode, perUpdate, windowOf, type Point } from './series.ts'
import { grouped, short } from './text.ts'

/** A chart before it has a size. */
export interface Panel {
  readonly title: string
  /** what stands beside the title: what is drawn, or the last value */
  readonly note: string
  readonly marks: readonly Mark[]
  readonly nothing: string
}

const NO_EPISODE = 'no episode has ended'

/** A dot each episode, and the mean that moves over them. */
const episodic = (title: string, points: readonly Point[]): Panel => {
  const window = windowOf(points.length)
  const mean = movingMean(points, window)
  return {
    title,
    note:
      points.length === 0
        ? NO_EPISODE
        : `${grouped(points.length)} ${points.length === 1 ? 'episode' : 'episodes'}${window === 1 ? '' : `, mean of ${window}`}`,
    marks: [
      { kind: 'dots', points },
      { kind: 'line', points: mean },
    ],
    nothing: NO_EPISODE,
  }
}

export const returnPanel = (metrics: readonly Metrics[]): Panel =>
  episodic(
    'Return',
    perEpisode(metrics, (episode) => episode.return),
  )

const PER_UPDATE = {
  'Policy loss': (m) => m.policyLoss,
  'Value loss': (m) => m.valueLoss,
  Entropy: (m) => m.entropy,
  'Approximate KL': (m) => m.approxKl,
  'Clip fraction': (m) => m.clipFraction,
  'Explained variance': (m) => m.explainedVariance,
  'Gradient norm': (m) => m.gradNorm,
  'Learning rate': (m) => m.learningRate,
} as const satisfies { readonly [title: string]: (metrics: Metrics) => number }

const ofUpdates = (
  metrics: readonly Metrics[],
  title: string,
  read: (metrics: Metrics) => number,
): Panel => {
  const points = perUpdate(metrics, read)
  const last = points.at(-1)?.[1]
  return {
    title,
    note: last === undefined ? '' : Number.isFinite(last) ? `last ${short(last)}` : 'last: none',
    marks: [{ kind: 'line', points }],
    nothing: 'no values',
  }
}

/** All but the return. */
export const panels = (metrics: readonly Metrics[]): readonly Panel[] => [
  episodic(
    'Episode length',
    perEpisode(metrics, (episode) => episode.length),
  ),
  ...Object.entries(PER_UPDATE).map(([title, read]) => ofUpdates(metrics, title, read)),
]

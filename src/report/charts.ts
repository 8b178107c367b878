import type { Mark } from './chart.ts'
import { windowOf } from './series.ts'
import type { Episodic, Evaluations, PerUpdate, Summary } from './summary.ts'
import { grouped, short } from './text.ts'

/** A chart before it has a size. */
export interface Panel {
  readonly title: string
  /** what stands beside the title: what is drawn, or the last value */
  readonly note: string
  readonly marks: readonly Mark[]
  readonly nothing: string
}

const NO_EPISODE = 'no episode has finished'

/** A dot each episode, and the mean that moves over them. */
const episodic = (title: string, { count, points, mean }: Episodic): Panel => {
  const window = windowOf(count)
  return {
    title,
    note:
      count === 0
        ? NO_EPISODE
        : `${grouped(count)} ${count === 1 ? 'episode' : 'episodes'}${window === 1 ? '' : `, mean of ${window}`}`,
    marks: [
      { kind: 'dots', points },
      { kind: 'line', points: mean },
    ],
    nothing: NO_EPISODE,
  }
}

export const returnPanel = ({ returns }: Summary): Panel => episodic('Return', returns)

const ofUpdates = (title: string, { points, last }: PerUpdate): Panel => ({
  title,
  note: last === undefined ? '' : Number.isFinite(last) ? `last ${short(last)}` : 'last: none',
  marks: [{ kind: 'line', points }],
  nothing: 'no values',
})

/** The mean return of each evaluation, and the ends of its 95 % interval; no panel without evaluations. */
const evaluationPanel = ({ count, points, low, high }: Evaluations): readonly Panel[] =>
  count === 0
    ? []
    : [
        {
          title: 'Return in evaluations',
          note: `${grouped(count)} ${count === 1 ? 'evaluation' : 'evaluations'}, 95 % interval`,
          marks: [
            { kind: 'edge', points: low },
            { kind: 'edge', points: high },
            { kind: 'line', points },
          ],
          nothing: 'no values',
        },
      ]

/** All but the return. */
export const panels = ({ lengths, evaluations, perUpdate }: Summary): readonly Panel[] => [
  ...evaluationPanel(evaluations),
  episodic('Episode length', lengths),
  ...Object.entries(perUpdate).map(([title, series]) => ofUpdates(title, series)),
]

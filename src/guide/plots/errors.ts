import type { Key } from '../../random/key.ts'
import { paired } from './grid.ts'
import { measure, type Estimator } from './estimators/measure.ts'
import { TRUE_VALUES } from './estimators/walk.ts'
import type { Panel } from './panel.ts'

const EPISODES = 4000

interface ErrorPanel extends Pick<Panel, 'title' | 'x' | 'xTicks'> {
  readonly places: readonly number[]
  readonly estimators: readonly Estimator[]
  /** the part of the episodes that are played, at most 1 */
  readonly effort: number
  readonly key: Key
}

/** Squared bias, variance and their sum of estimators on a random walk, with a V that knows nothing. */
export const errorPanel = ({ places, estimators, effort, key, ...axis }: ErrorPanel): Panel => {
  const episodes = Math.max(2, Math.ceil(effort * EPISODES))
  const errors = measure(
    key,
    episodes,
    TRUE_VALUES.map(() => 0),
    estimators,
  )
  return {
    ...axis,
    y: { en: 'squared error', zh: '平方误差' },
    curves: [
      {
        name: { en: 'bias²', zh: '偏差²' },
        kind: 'line',
        colour: 1,
        points: paired(
          places,
          errors.map(({ bias }) => bias * bias),
        ),
      },
      {
        name: { en: 'variance', zh: '方差' },
        kind: 'line',
        colour: 2,
        points: paired(
          places,
          errors.map(({ variance }) => variance),
        ),
      },
      {
        name: { en: 'their sum', zh: '两者之和' },
        kind: 'dashed',
        colour: 3,
        points: paired(
          places,
          errors.map(({ mse }) => mse),
        ),
      },
    ],
  }
}

import type { Metrics } from '../../algo/ppo/iterate.ts'

/** A number of each update, and how far its samples lie around it. */
export interface Point {
  readonly value: number | null
  /** the standard deviation; null where there is none to show */
  readonly spread: number | null
}

/** A curve: what it shows of an update. */
export interface Curve {
  readonly id: CurveId
  readonly of: (metrics: Metrics, stepsPerSecond: number) => Point
  /** whether its axis reaches to 0 */
  readonly fromZero: boolean
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

/** Mean and standard deviation of some numbers. */
export const spreadOf = (values: readonly number[]): Point => {
  if (values.length === 0) return { value: null, spread: null }
  let sum = 0
  for (const x of values) sum += x
  const mean = sum / values.length
  let squares = 0
  for (const x of values) squares += (x - mean) * (x - mean)
  return { value: finite(mean), spread: finite(Math.sqrt(squares / values.length)) }
}

const alone = (x: number): Point => ({ value: finite(x), spread: null })

export const CURVE_IDS = [
  'return',
  'length',
  'approxKl',
  'clipFraction',
  'entropy',
  'explainedVariance',
  'policyLoss',
  'valueLoss',
  'gradNorm',
  'speed',
] as const

export type CurveId = (typeof CURVE_IDS)[number]

/** Every curve of the view, in its order. */
export const curves: readonly Curve[] = [
  {
    id: 'return',
    of: ({ episodes }) => spreadOf(episodes.map((episode) => episode.return)),
    fromZero: false,
  },
  {
    id: 'length',
    of: ({ episodes }) => spreadOf(episodes.map(({ length }) => length)),
    fromZero: true,
  },
  { id: 'approxKl', of: ({ approxKl }) => alone(approxKl), fromZero: true },
  { id: 'clipFraction', of: ({ clipFraction }) => alone(clipFraction), fromZero: true },
  { id: 'entropy', of: ({ entropy }) => alone(entropy), fromZero: true },
  { id: 'explainedVariance', of: (m) => alone(m.explainedVariance), fromZero: false },
  { id: 'policyLoss', of: ({ policyLoss }) => alone(policyLoss), fromZero: false },
  { id: 'valueLoss', of: ({ valueLoss }) => alone(valueLoss), fromZero: true },
  { id: 'gradNorm', of: ({ gradNorm }) => alone(gradNorm), fromZero: true },
  { id: 'speed', of: (_, speed) => alone(speed), fromZero: true },
]

/** A curve over the steps of a run: x, the values, and the ends of their spread. */
export interface Line {
  readonly steps: readonly number[]
  readonly values: ReadonlyArray<number | null>
  readonly low: ReadonlyArray<number | null>
  readonly high: ReadonlyArray<number | null>
}

export const lineOf = (
  { of }: Curve,
  history: readonly Metrics[],
  speeds: readonly number[],
): Line => {
  const points = history.map((metrics, i) => of(metrics, speeds[i] ?? NaN))
  const at = (sign: number) =>
    points.map(({ value, spread }) =>
      value === null || spread === null ? null : value + sign * spread,
    )
  return {
    steps: history.map(({ steps }) => steps),
    values: points.map(({ value }) => value),
    low: at(-1),
    high: at(1),
  }
}

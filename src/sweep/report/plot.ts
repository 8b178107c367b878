/** Lines with bands over a common axis, as the inside of an `<svg>`. */
import { CHARACTER, label, linePath, place, rule, scale, type Along } from '../../report/chart.ts'
import type { Point } from '../../report/series.ts'
import { tickNames } from '../../report/text.ts'
import { roundTicks } from '../../report/ticks.ts'
import { seriesClass } from './style.ts'

/** A line of a plot. */
export interface Series {
  /** decides colour and dash */
  readonly index: number
  readonly points: readonly Point[]
  /** the ends of an interval at each point */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

export interface Plot {
  readonly series: readonly Series[]
  /** the name of the horizontal axis */
  readonly axis: string
  readonly x: readonly number[]
  /** ticks of the vertical axis; null: from the data */
  readonly y: readonly number[] | null
  readonly width: number
  readonly height: number
  /** stands where there is nothing to show */
  readonly nothing: string
}

const [TOP, RIGHT, BOTTOM] = [10, 16, 40]

/** The area between the ends of the intervals, without the points that have none. */
const bandPath = ({ points, low, high }: Series, px: Along, py: Along): string => {
  const known = points.flatMap(([x], i) =>
    Number.isFinite(low[i]!) && Number.isFinite(high[i]!) ? [[x, low[i]!, high[i]!] as const] : [],
  )
  if (known.length === 0) return ''
  const at = (x: number, y: number): string => `${place(px(x))} ${place(py(y))}`
  const there = known.map(([x, , top]) => at(x, top))
  const back = known.toReversed().map(([x, bottom]) => at(x, bottom))
  return `M${[...there, ...back].join('L')}Z`
}

/** What lies inside the `<svg>` of a plot, from the point (0, 0) to (width, height). */
export const plotBody = ({ series, axis, x, y, width, height, nothing }: Plot): string => {
  const values = series
    .flatMap(({ points, low, high }) => [...points.map(([, value]) => value), ...low, ...high])
    .filter(Number.isFinite)
  if (values.length === 0) return label(width / 2, height / 2, 'middle', nothing, 'nothing')
  const yTicks = y ?? roundTicks(Math.min(...values), Math.max(...values))
  const yNames = tickNames(yTicks)
  const bottom = height - BOTTOM
  const left = 14 + CHARACTER * Math.max(...yNames.map((name) => name.length))
  const right = width - RIGHT
  const px = scale(x[0]!, x.at(-1)!, left, right)
  const py = scale(yTicks[0]!, yTicks.at(-1)!, bottom, TOP)
  const xNames = tickNames(x)
  return [
    ...yTicks.flatMap((value, i) => [
      rule('grid', left, right, py(value), py(value)),
      label(left - 7, py(value) + 4, 'end', yNames[i]!),
    ]),
    rule('axis', left, right, bottom, bottom),
    ...x.flatMap((value, i) => [
      rule('axis', px(value), px(value), bottom, bottom + 4),
      label(px(value), bottom + 17, 'middle', xNames[i]!),
    ]),
    label((left + right) / 2, height - 6, 'middle', axis),
    ...series.map(
      (each) => `<path class="band ${seriesClass(each.index)}" d="${bandPath(each, px, py)}"/>`,
    ),
    ...series.map(
      ({ index, points }) =>
        `<path class="series ${seriesClass(index)}" d="${linePath(points, px, py)}"/>`,
    ),
  ].join('')
}

/** Values with their intervals, a row each, as the inside of an `<svg>`. */
import { CHARACTER, label, place, rule, scale } from '../../report/chart.ts'
import { tickNames } from '../../report/text.ts'
import { roundTicks } from '../../report/ticks.ts'
import type { Interval } from '../../rl/bootstrap.ts'
import { seriesClass } from './style.ts'

export interface IntervalRow {
  /** decides the colour */
  readonly index: number
  readonly name: string
  readonly value: number
  readonly interval: Interval
  /** what stands at the end of the row */
  readonly text: string
}

export interface Intervals {
  readonly rows: readonly IntervalRow[]
  readonly axis: string
  /** ticks of the axis; null: from the data */
  readonly x: readonly number[] | null
  /** where to draw a line for comparison, if anywhere */
  readonly mark: number | null
  readonly width: number
}

const [TOP, BOTTOM, ROW] = [6, 40, 24]
/** Longer names are cut. */
const LONGEST = 34

export const intervalsHeight = ({ rows }: Pick<Intervals, 'rows'>): number =>
  TOP + ROW * rows.length + BOTTOM

const cut = (name: string): string =>
  name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`

const widest = (texts: readonly string[]): number =>
  (CHARACTER + 0.6) * Math.max(...texts.map((text) => text.length))

/** What lies inside the `<svg>`. An end that is not finite is drawn at the edge. */
export const intervalsBody = (all: Intervals): string => {
  const { rows, axis, x, mark, width } = all
  const height = intervalsHeight(all)
  const values = rows.flatMap(({ value, interval }) => [value, ...interval]).filter(Number.isFinite)
  if (values.length === 0)
    return label(width / 2, height / 2, 'middle', 'no run has finished without a fault', 'nothing')
  const ticks = x ?? roundTicks(Math.min(...values), Math.max(...values))
  const names = tickNames(ticks)
  const left = 16 + widest(rows.map(({ name }) => cut(name)))
  const right = width - 20 - widest(rows.map(({ text }) => text))
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  const px = scale(low, high, left, right)
  const within = (value: number): number => px(Math.max(low, Math.min(high, value)))
  const bottom = height - BOTTOM
  return [
    ...ticks.flatMap((tick, i) => [
      rule(tick === mark ? 'zero' : 'grid', px(tick), px(tick), TOP, bottom),
      label(px(tick), bottom + 17, 'middle', names[i]!),
    ]),
    rule('axis', left, right, bottom, bottom),
    label((left + right) / 2, height - 6, 'middle', axis),
    ...rows.flatMap(({ index, name, value, interval, text }, i) => {
      const y = TOP + ROW * (i + 0.5)
      const kind = seriesClass(index)
      const drawn = Number.isNaN(value)
        ? ''
        : `<path class="series ${kind}" d="M${place(within(interval[0]))} ${place(y)}H${place(within(interval[1]))}"/><circle class="dot ${kind}" cx="${place(within(value))}" cy="${place(y)}" r="4.5"/>`
      return [
        label(left - 9, y + 4, 'end', cut(name), 'name'),
        drawn,
        label(right + 12, y + 4, 'start', text, 'tick'),
      ]
    }),
  ].join('')
}

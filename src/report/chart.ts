/** A chart of a run over its steps as SVG: data in, text out. */
import { thinned, type Point } from './series.ts'
import { escaped, tickNames } from './text.ts'
import { roundTicks } from './ticks.ts'

export interface Mark {
  /** `edge`: a thin line */
  readonly kind: 'dots' | 'line' | 'edge'
  readonly points: readonly Point[]
}

interface Chart {
  /** what it shows, for readers who cannot see it */
  readonly title: string
  readonly marks: readonly Mark[]
  /** where the steps end */
  readonly steps: number
  /** what the steps are; of an environment by default */
  readonly axis?: string
  readonly width: number
  readonly height: number
  /** what stands where there is nothing to show */
  readonly nothing: string
}

const [TOP, RIGHT, BOTTOM] = [10, 14, 40]
const MOST_POINTS = 800
/** The width of a character of a tick's name, in pixels. */
export const CHARACTER = 6.4

/** A place in tenths of a pixel. */
export const place = (x: number): string => String(Math.round(x * 10) / 10)

/** From a value to a place in pixels. */
export type Along = (x: number) => number

/** Lines from point to point, broken at gaps; a point alone is a dot. */
export const linePath = (points: readonly Point[], px: Along, py: Along): string => {
  let path = ''
  let isDrawing = false
  points.forEach(([x, y], i) => {
    if (!Number.isFinite(y)) {
      isDrawing = false
      return
    }
    const isAlone = !isDrawing && !Number.isFinite(points[i + 1]?.[1] ?? NaN)
    path += `${isDrawing ? 'L' : 'M'}${place(px(x))} ${place(py(y))}${isAlone ? 'h0' : ''}`
    isDrawing = true
  })
  return path
}

/** A dot each point, one where several lie on the same pixel: lines of no length with round ends. */
const dotsPath = (points: readonly Point[], px: Along, py: Along): string => {
  const places = points
    .filter(([, y]) => Number.isFinite(y))
    .map(([x, y]) => `M${Math.round(px(x))} ${Math.round(py(y))}h0`)
  return [...new Set(places)].join('')
}

/** From `low` to `high` onto pixels; halves, whose difference is never beyond f64. */
export const scale =
  (low: number, high: number, from: number, to: number): Along =>
  (x) =>
    from + ((x / 2 - low / 2) / (high / 2 - low / 2)) * (to - from)

export const label = (x: number, y: number, anchor: string, words: string, kind = 'tick'): string =>
  `<text class="${kind}" x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${escaped(words)}</text>`

export const rule = (kind: string, x1: number, x2: number, y1: number, y2: number): string =>
  `<line class="${kind}" x1="${place(x1)}" x2="${place(x2)}" y1="${place(y1)}" y2="${place(y2)}"/>`

/** The heights of the ticks: they reach to 0 where the data come near it. */
const heights = (values: readonly number[]): readonly number[] => {
  let [low, high] = [Infinity, -Infinity]
  for (const y of values) [low, high] = [Math.min(low, y), Math.max(high, y)]
  if (low > 0 && low < high / 2) low = 0
  if (high < 0 && high > low / 2) high = 0
  return roundTicks(low, high)
}

/** What lies inside a chart's `<svg>`, from the point (0, 0) to (width, height). */
export const chartBody = ({
  marks,
  steps,
  axis = 'environment steps',
  width,
  height,
  nothing,
}: Chart): string => {
  const values = marks.flatMap(({ points }) => points.map(([, y]) => y).filter(Number.isFinite))
  const bottom = height - BOTTOM
  if (values.length === 0) return label(width / 2, height / 2, 'middle', nothing, 'nothing')

  const yTicks = heights(values)
  const yNames = tickNames(yTicks)
  const left = 14 + CHARACTER * Math.max(...yNames.map((name) => name.length))
  const right = width - RIGHT
  const px = scale(0, steps, left, right)
  const py = scale(yTicks[0]!, yTicks.at(-1)!, bottom, TOP)

  const xTicks = roundTicks(0, steps, Math.max(2, Math.floor((right - left) / 64))).filter(
    (x) => x <= steps,
  )
  const xNames = tickNames(xTicks)
  const marked = marks.map(({ kind, points }) =>
    kind === 'dots'
      ? `<path class="dots" d="${dotsPath(points, px, py)}"/>`
      : `<path class="${kind}" d="${linePath(thinned(points, MOST_POINTS), px, py)}"/>`,
  )
  return [
    ...yTicks.flatMap((y, i) => [
      rule(y === 0 ? 'zero' : 'grid', left, right, py(y), py(y)),
      label(left - 7, py(y) + 4, 'end', yNames[i]!),
    ]),
    rule('axis', left, right, bottom, bottom),
    ...xTicks.flatMap((x, i) => [
      rule('axis', px(x), px(x), bottom, bottom + 4),
      label(px(x), bottom + 17, 'middle', xNames[i]!),
    ]),
    label((left + right) / 2, height - 6, 'middle', axis),
    ...marked,
  ].join('')
}

/** A chart as an `<svg>` of a page; its colours are the page's. */
export const chartSvg = (chart: Chart, kind = 'chart'): string =>
  `<svg class="${kind}" viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="${escaped(chart.title)}">${chartBody(chart)}</svg>`

/** Line plots as SVG: data in, text out. */
import { short } from '../src/report/text.ts'
import { roundTicks } from '../src/report/ticks.ts'
import { spaced, text } from './plot/layout.ts'

export interface Point {
  readonly x: number
  readonly y: number
  /** the ends of an interval around y, drawn as a band */
  readonly low?: number
  readonly high?: number
}

export interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

export interface LinePlot {
  readonly title: string
  /** labels of the axes */
  readonly x: string
  readonly y: string
  readonly series: readonly Series[]
  readonly logX?: boolean
  /** places and names of ticks along x, where round numbers will not do */
  readonly xTicks?: ReadonlyArray<readonly [number, string]>
}

export const WIDTH = 560
export const HEIGHT = 360
const [LEFT, TOP, BOTTOM] = [64, 44, 312]
/** Okabe and Ito: told apart by all eyes. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']

const framed = (drawn: readonly string[], title: string): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 24, 'start', title, ' font-size="15" font-weight="600"'),
    ...drawn,
    '</svg>',
    '',
  ].join('\n')

/**
 * Lines with markers, a band where points have an interval, and each line's name at its end. The y
 * axis reaches down to 0 where the data come near it. Without a point only the title is drawn, and
 * that there is nothing.
 */
export const linePlot = ({ title, x, y, series, logX = false, xTicks }: LinePlot): string => {
  const all = series.flatMap(({ points }) => points)
  if (all.length === 0) {
    return framed([text(WIDTH / 2, HEIGHT / 2, 'middle', 'nothing to draw')], title)
  }
  const heights = all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y])
  const [bottom, top] = [Math.min(...heights), Math.max(...heights)]
  const yTicks = roundTicks(bottom > 0 && bottom < top / 2 ? 0 : bottom, top)
  const along = (v: number): number => (logX ? Math.log(v) : v)
  const places = all.map((p) => p.x)
  const [first, last] = [along(Math.min(...places)), along(Math.max(...places))]
  const ticks =
    xTicks ??
    roundTicks(Math.min(...places), Math.max(...places))
      .filter((v) => along(v) >= first && along(v) <= last)
      .map((v) => [v, short(v)] as const)
  const right = WIDTH - 24 - 7 * Math.max(...series.map(({ name }) => name.length))
  const px = (v: number): number =>
    LEFT + ((along(v) - first) / (last - first || 1)) * (right - LEFT)
  const py = (v: number): number =>
    BOTTOM - ((v - yTicks[0]!) / (yTicks.at(-1)! - yTicks[0]!)) * (BOTTOM - TOP)
  const at = (v: number, w: number): string => `${px(v).toFixed(1)},${py(w).toFixed(1)}`

  const grid = yTicks.map(
    (v) =>
      `<line x1="${LEFT}" x2="${right}" y1="${py(v).toFixed(1)}" y2="${py(v).toFixed(1)}" stroke="#e4e4e4"/>` +
      text(LEFT - 8, py(v) + 4, 'end', short(v)),
  )
  // A name that would run into the one before it is left out; its tick stays.
  let free = -Infinity
  const axis = ticks.map(([v, name]) => {
    const half = 3.5 * name.length + 2
    const fits = px(v) - half >= free
    if (fits) free = px(v) + half
    return (
      `<line x1="${px(v).toFixed(1)}" x2="${px(v).toFixed(1)}" y1="${BOTTOM}" y2="${BOTTOM + 5}" stroke="#666"/>` +
      (fits ? text(px(v), BOTTOM + 19, 'middle', name) : '')
    )
  })
  const ends = spaced(
    series.map(({ points }) => py(points.at(-1)?.y ?? 0)),
    BOTTOM,
  )
  const lines = series.map(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!
    const hasBand = points.some((p) => p.low !== undefined || p.high !== undefined)
    const band = [
      ...points.map((p) => at(p.x, p.high ?? p.y)),
      ...points.toReversed().map((p) => at(p.x, p.low ?? p.y)),
    ].join(' ')
    const marks = points.map((p) => {
      const [cx, cy] = at(p.x, p.y).split(',')
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}" stroke="#fff"/>`
    })
    return [
      hasBand ? `<polygon points="${band}" fill="${colour}" fill-opacity="0.18"/>` : '',
      `<polyline points="${points.map((p) => at(p.x, p.y)).join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`,
      ...(points.length <= 40 ? marks : []),
      text(right + 10, ends[i]! + 4, 'start', name, ` fill="${colour}" font-weight="600"`),
    ].join('\n')
  })
  const middle = (TOP + BOTTOM) / 2
  const drawn = [
    ...grid,
    `<line x1="${LEFT}" x2="${right}" y1="${BOTTOM}" y2="${BOTTOM}" stroke="#666"/>`,
    ...axis,
    text((LEFT + right) / 2, BOTTOM + 40, 'middle', x),
    text(18, middle, 'middle', y, ` transform="rotate(-90 18 ${middle})"`),
    ...lines,
  ]
  return framed(drawn, title)
}

/** Plots as one picture, so many in a row. */
export const sideBySide = (plots: readonly string[], columns = plots.length): string => {
  const width = WIDTH * Math.min(columns, plots.length)
  const height = HEIGHT * Math.ceil(plots.length / columns)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...plots.map(
      (plot, i) =>
        `<g transform="translate(${WIDTH * (i % columns)} ${HEIGHT * Math.floor(i / columns)})">\n${plot}</g>`,
    ),
    '</svg>',
    '',
  ].join('\n')
}

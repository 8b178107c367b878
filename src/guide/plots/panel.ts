/** A chart of the guide as SVG: data in, text out. Its colours are the page's. */
import { CHARACTER, label, linePath, place, rule, scale, type Along } from '../../report/chart.ts'
import type { Point } from '../../report/series.ts'
import { escaped, tickNames } from '../../report/text.ts'
import { roundTicks } from '../../report/ticks.ts'
import type { Language, Text } from '../build/pages.ts'

export interface Curve {
  readonly name: Text
  readonly kind: 'line' | 'dashed' | 'dots' | 'bars'
  /** one of the page's colours, from 1 to 4 */
  readonly colour: 1 | 2 | 3 | 4
  /** a y of NaN is a gap */
  readonly points: readonly Point[]
}

/** One chart. */
export interface Panel {
  readonly title: Text
  /** what the axes are */
  readonly x: Text
  readonly y: Text
  readonly curves: readonly Curve[]
  /** places and names along x where round numbers will not do */
  readonly xTicks?: ReadonlyArray<readonly [x: number, name: string]>
  /** the ends of the axis y, where the data are not to say so */
  readonly yRange?: readonly [low: number, high: number]
}

const WIDTH = 340
const RIGHT = WIDTH - 12
const LEGEND_TOP = 34
const LEGEND_LINE = 16
const PLOT_HEIGHT = 180
const BELOW = 38

const rangeOf = (values: readonly number[]): readonly [number, number] => {
  let [low, high] = [Infinity, -Infinity]
  for (const x of values) {
    if (!Number.isFinite(x)) continue
    low = Math.min(low, x)
    high = Math.max(high, x)
  }
  return [low, high]
}

const barsPath = (points: readonly Point[], px: Along, py: Along, width: number): string =>
  points
    .map(([x, y]) => {
      const left = px(x) - width / 2
      return `M${place(left)} ${place(py(0))}V${place(py(y))}h${place(width)}V${place(py(0))}z`
    })
    .join('')

const drawn = ({ kind, colour, points }: Curve, px: Along, py: Along): string => {
  const style = `${kind} c${colour}`
  if (kind === 'bars') {
    const width = Math.min(18, 0.7 * Math.abs(px(1) - px(0)))
    return `<path class="${style}" d="${barsPath(points, px, py, width)}"/>`
  }
  if (kind === 'dots') {
    const dots = points.filter(([, y]) => Number.isFinite(y))
    return `<path class="${style}" d="${dots.map(([x, y]) => `M${place(px(x))} ${place(py(y))}h0`).join('')}"/>`
  }
  return `<path class="${style}" d="${linePath(points, px, py)}"/>`
}

const legend = (curves: readonly Curve[], left: number, language: Language): string =>
  curves
    .map(({ kind, colour, name }, i) => {
      const y = LEGEND_TOP + LEGEND_LINE * i
      const mark =
        kind === 'dots'
          ? `<path class="dots c${colour}" d="M${left + 9} ${y - 4}h0"/>`
          : kind === 'bars'
            ? `<path class="bars c${colour}" d="M${left + 3} ${y}v-8h12v8z"/>`
            : `<path class="${kind} c${colour}" d="M${left} ${y - 4}h18"/>`
      return mark + label(left + 24, y, 'start', name[language], 'tick')
    })
    .join('')

/** A chart as an `<svg>` with a title that screen readers read. */
export const panelSvg = (panel: Panel, language: Language): string => {
  const { title, x, y, curves, xTicks, yRange } = panel
  const points = curves.flatMap((curve) => curve.points)
  const [xLow, xHigh] = rangeOf(points.map(([at]) => at))
  const [yLow, yHigh] = yRange ?? rangeOf(points.map(([, at]) => at))
  const nearZero = yLow > 0 && yLow < yHigh / 2 ? 0 : yLow
  const yTicks = roundTicks(nearZero, yHigh < 0 && yHigh > yLow / 2 ? 0 : yHigh, 4)
  const yNames = tickNames(yTicks)
  const left = 26 + CHARACTER * Math.max(...yNames.map((name) => name.length))
  const top = LEGEND_TOP + LEGEND_LINE * curves.length
  const bottom = top + PLOT_HEIGHT
  const hasBars = curves.some(({ kind }) => kind === 'bars')
  const room = hasBars ? 0.6 : 0
  const px = scale(xLow - room, xHigh + room, left, RIGHT)
  const py = scale(yTicks[0]!, yTicks.at(-1)!, bottom, top)
  const round = roundTicks(xLow, xHigh, 5).filter((at) => at >= xLow && at <= xHigh)
  const roundNames = tickNames(round)
  const ticks = xTicks ?? round.map((at, i) => [at, roundNames[i]!] as const)
  const middle = (top + bottom) / 2
  const inside = [
    ...yTicks.flatMap((at, i) => [
      rule(at === 0 ? 'zero' : 'grid', left, RIGHT, py(at), py(at)),
      label(left - 6, py(at) + 4, 'end', yNames[i]!),
    ]),
    rule('axis', left, RIGHT, bottom, bottom),
    ...ticks.flatMap(([at, name]) => [
      rule('axis', px(at), px(at), bottom, bottom + 4),
      label(px(at), bottom + 17, 'middle', name),
    ]),
    label((left + RIGHT) / 2, bottom + 33, 'middle', x[language]),
    `<text class="tick" transform="rotate(-90 11 ${middle})" x="11" y="${middle}" text-anchor="middle">${escaped(y[language])}</text>`,
    label(0, 13, 'start', title[language], 'title'),
    legend(curves, left, language),
    ...curves.map((curve) => drawn(curve, px, py)),
  ].join('')
  const names = curves.map(({ name }) => name[language]).join(language === 'zh' ? '、' : ', ')
  const said = `${title[language]}: ${names}. ${y[language]} / ${x[language]}.`
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + BELOW}" role="img"><title>${escaped(said)}</title>${inside}</svg>`
}

/** The panels of a plot side by side, with a caption. */
export const figureHtml = (panels: readonly Panel[], caption: string, language: Language): string =>
  `<figure class="plot"><div class="panels">${panels.map((panel) => panelSvg(panel, language)).join('')}</div><figcaption>${escaped(caption)}</figcaption></figure>\n`

import { html, svg, type TemplateResult } from 'lit-html'

/** A point of a chart. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface LineChart {
  readonly points: readonly Point[]
  /** the ends of the horizontal axis */
  readonly x: readonly [number, number]
  /** the least that the vertical axis shows; it grows with the points */
  readonly y: readonly [number, number]
  readonly label: string
  readonly shape: 'line' | 'dots'
  readonly xLabel: string
  readonly format: (y: number) => string
}

const [WIDTH, HEIGHT] = [320, 132]
const [LEFT, RIGHT, TOP, BOTTOM] = [42, 8, 8, 20]

const place = (x: number): string => x.toFixed(1)

/** A small chart of one series, with the ends of both axes written beside it. */
export const lineChart = ({
  points,
  x: [x0, x1],
  y: [low, high],
  label,
  shape,
  xLabel,
  format,
}: LineChart): TemplateResult => {
  const ys = points.map(({ y }) => y)
  const [y0, y1] = [Math.min(low, ...ys), Math.max(high, ...ys)]
  const px = (x: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (x - x0)) / (x1 - x0)
  const py = (y: number): number =>
    HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (y - y0)) / (y1 - y0)
  const line = points.map(({ x, y }) => `${place(px(x))},${place(py(y))}`).join(' ')
  const last = points.at(-1)
  return html`<svg
    class="line-chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label=${label}
  >
    ${[y0, (y0 + y1) / 2, y1].map(
      (y) =>
        svg`<line class="rule" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${py(y)} y2=${py(y)} />
          <text x=${LEFT - 6} y=${py(y) + 4} text-anchor="end">${format(y)}</text>`,
    )}
    ${svg`<text x=${LEFT} y=${HEIGHT - 4}>${x0}</text>
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${x1} ${xLabel}</text>`}
    ${
      shape === 'line'
        ? svg`<polyline class="series" points=${line} />`
        : points.map(
            ({ x, y }) => svg`<circle class="dot" cx=${place(px(x))} cy=${place(py(y))} r="3" />`,
          )
    }
    ${
      shape === 'line' && last !== undefined
        ? svg`<circle class="dot" cx=${place(px(last.x))} cy=${place(py(last.y))} r="3.5" />`
        : ''
    }
  </svg>`
}

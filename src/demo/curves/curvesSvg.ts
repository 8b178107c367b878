import { chartBody, type Mark } from '../../report/chart.ts'
import { CHART_STYLE } from '../../report/style.ts'
import { escaped } from '../../report/text.ts'
import type { Line } from './series.ts'

const [WIDTH, HEIGHT, HEAD, COLUMNS, MARGIN] = [420, 240, 30, 2, 16]

const points = (xs: Line['steps'], ys: Line['values']) =>
  xs.map((x, i) => [x, ys[i] ?? NaN] as const)

const marksOf = ({ steps, values, low, high }: Line): readonly Mark[] => [
  { kind: 'edge', points: points(steps, low) },
  { kind: 'edge', points: points(steps, high) },
  { kind: 'line', points: points(steps, values) },
]

/** All curves of a run as one SVG file, in light and in dark. */
export const curvesSvg = (
  title: string,
  axis: string,
  charts: ReadonlyArray<{ readonly name: string; readonly line: Line }>,
): string => {
  const rows = Math.ceil(charts.length / COLUMNS)
  const [width, height] = [COLUMNS * WIDTH + 2 * MARGIN, rows * HEIGHT + 48 + MARGIN]
  const inside = charts.map(({ name, line }, i) => {
    const [x, y] = [MARGIN + (i % COLUMNS) * WIDTH, 48 + Math.floor(i / COLUMNS) * HEIGHT]
    const body = chartBody({
      title: name,
      marks: marksOf(line),
      steps: Math.max(1, line.steps.at(-1) ?? 1),
      axis,
      width: WIDTH - 12,
      height: HEIGHT - HEAD,
      nothing: '–',
    })
    return `<g transform="translate(${x} ${y})"><text class="note" x="14" y="18">${escaped(name)}</text><g transform="translate(0 ${HEAD - 6})">${body}</g></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>${CHART_STYLE}</style>
<rect class="card" width="${width}" height="${height}"/>
<text class="title" x="${MARGIN + 14}" y="32">${escaped(title)}</text>
${inside.join('\n')}
</svg>
`
}

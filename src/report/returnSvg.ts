import type { AnyMetrics } from '../algo/algorithm.ts'
import type { RunConfig } from '../run/config.ts'
import { chartBody } from './chart.ts'
import { returnPanel } from './charts.ts'
import { CHART_STYLE } from './style.ts'
import { summaryOf } from './summary.ts'
import { escaped } from './text.ts'

const [WIDTH, HEIGHT, HEAD] = [720, 400, 54]

/** The chart of a run's returns as an SVG file, in light and in dark. */
export const returnSvg = (
  { env, seed }: Pick<RunConfig, 'env' | 'seed'>,
  metrics: Iterable<AnyMetrics>,
): string => {
  const summary = summaryOf(metrics, [])
  const panel = returnPanel(summary)
  const title = escaped(`${env}, seed ${seed}: return`)
  const body = chartBody({
    ...panel,
    steps: Math.max(1, summary.steps),
    width: WIDTH - 16,
    height: HEIGHT - HEAD - 4,
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>${CHART_STYLE}</style>
<rect class="card" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="18" y="28">${title}</text>
<text class="note" x="18" y="46">${escaped(panel.note)}</text>
<g transform="translate(8 ${HEAD})">${body}</g>
</svg>
`
}

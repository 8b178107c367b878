import { CHARACTER, label } from '../../report/chart.ts'
import { page } from '../../report/page.ts'
import { escaped } from '../../report/text.ts'
import { variantsOf, type SweepSummary } from '../summary.ts'
import { cellTable, faultTable, improvementTable, legend, type Table } from '../table.ts'
import { environmentPanels, improvementPanel, type Panel } from './panels.ts'
import { seriesClass, SWEEP_CHART_STYLE, SWEEP_PAGE_STYLE } from './style.ts'

const svg = ({ title, width, height, body }: Panel): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${body}</svg>`

const figure = (panel: Panel): string =>
  `<figure><figcaption><b>${escaped(panel.title)}</b><span>${escaped(panel.note)}</span></figcaption>${svg(panel)}</figure>`

const heads = (names: readonly string[]): string =>
  names.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')

const cells = (texts: readonly string[]): string =>
  texts.map((text) => `<td>${escaped(text)}</td>`).join('')

const table = ([head = [], ...rows]: Table): string =>
  `<div class="card numbers"><table><thead><tr>${heads(head)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></div>`

/** The colours of the variants, in lines that are as wide as allowed. */
const key = ({ sweep }: SweepSummary, width: number): Panel => {
  let [x, y] = [8, 16]
  const body = variantsOf(sweep).map((name, i) => {
    const needed = 48 + (CHARACTER + 0.8) * name.length
    if (x > 8 && x + needed > width) [x, y] = [8, y + 22]
    const at = x
    x += needed
    return `<path class="series ${seriesClass(i)}" d="M${at} ${y}h24"/>${label(at + 31, y + 4, 'start', name, 'name')}`
  })
  return { title: 'Variants', note: '', width, height: y + 12, body: body.join('') }
}

/**
 * A sweep as one HTML page, which needs no script, no other file and no network: for each environment
 * the interquartile means, performance profiles and learning curves of the variants, then the
 * probabilities of improvement, all numbers, and the faults. The same results give the same page.
 */
export const sweepHtml = (summary: SweepSummary): string => {
  const { sweep, improvements } = summary
  const better = improvementPanel(summary)
  const faults = faultTable(summary)
  const runs = summary.cells.reduce((sum, cell) => sum + cell.runs.length, 0)
  return page(
    `Sweep of ${runs} runs`,
    `<header>
<h1>Sweep</h1>
<p>${escaped(`${runs} of ${sweep.cells.length * sweep.seeds} runs · ${sweep.seeds} seeds · proximal ${sweep.version}`)}</p>
</header>
${svg(key(summary, 1050))}
${environmentPanels(summary)
  .map(
    ({ env, panels: [first, ...others] }) =>
      `<h2>${escaped(env)}</h2>\n${figure(first!)}\n<div class="pair">${others.map(figure).join('\n')}</div>`,
  )
  .join('\n')}
${better === null ? '' : `<h2>All environments</h2>\n${figure(better)}`}
<h2>Numbers</h2>
${table(cellTable(summary))}
${improvements.length === 0 ? '' : table(improvementTable(improvements))}
${faults.length === 1 ? '' : `<h2>Faults</h2>\n${table(faults)}`}
<footer>${legend(summary).split('\n').map(escaped).join('<br>')}</footer>`,
    SWEEP_PAGE_STYLE,
  )
}

const [PICTURE, HEAD, GAP] = [1066, 44, 12]

/** The charts of a sweep as an SVG file, in light and in dark. */
export const sweepSvg = (summary: SweepSummary): string => {
  let y = GAP
  const put = (panel: Panel, x: number, top: number, name: string): string =>
    `<text class="title" x="${x + 8}" y="${top + 18}">${escaped(name)}</text><text class="note" x="${x + 8}" y="${top + 35}">${escaped(panel.note)}</text><g transform="translate(${x} ${top + HEAD})">${panel.body}</g>`
  const names = key(summary, PICTURE - 16)
  const parts = [`<g transform="translate(8 ${y})">${names.body}</g>`]
  y += names.height + GAP
  for (const { env, panels } of environmentPanels(summary)) {
    const [first, ...others] = panels
    parts.push(put(first!, 8, y, `${env}: ${first!.title}`))
    y += HEAD + first!.height + GAP
    others.forEach((panel, i) => parts.push(put(panel, 8 + i * 530, y, `${env}: ${panel.title}`)))
    y += HEAD + Math.max(...others.map(({ height }) => height)) + GAP
  }
  const better = improvementPanel(summary)
  if (better !== null) {
    parts.push(put(better, 8, y, better.title))
    y += HEAD + better.height + GAP
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE}" height="${y}" viewBox="0 0 ${PICTURE} ${y}" role="img" aria-label="Sweep">
<style>${SWEEP_CHART_STYLE}</style>
<rect class="card" width="${PICTURE}" height="${y}"/>
${parts.join('\n')}
</svg>
`
}

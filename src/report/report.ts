import { algorithms } from '../algo/algorithm.ts'
import { settings } from '../algo/settings.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { ReplayRecord, RunConfig } from '../run/config.ts'
import { chartSvg } from './chart.ts'
import { panels, returnPanel } from './charts.ts'
import { SUGGESTED } from '../algo/ppo/suggest/suggest.ts'
import { changed } from './changed.ts'
import { figure, page, table, tile } from './page.ts'
import { summaryOf, type Summary } from './summary.ts'
import { escaped, grouped, short } from './text.ts'
import { findingWarnings, warningsHtml, type Warned } from './warnings.ts'

/** What a report contains. */
export interface Reported extends Warned {
  /** the hash of the final learner; null where the run has not ended */
  readonly record: { readonly hash: ReplayRecord['hash'] | null }
}

/** Where the charts end, which have a width even before the first update. */
const widthOf = ({ steps }: Summary): number => Math.max(1, steps)

const first = (summary: Summary): string => {
  const panel = returnPanel(summary)
  const steps = widthOf(summary)
  return figure(
    panel,
    ' class="first"',
    chartSvg({ ...panel, steps, width: 1050, height: 360 }, 'wide'),
    chartSvg({ ...panel, steps, width: 340, height: 260 }, 'narrow'),
  )
}

const others = (summary: Summary): string =>
  panels(summary)
    .map((panel) =>
      figure(panel, '', chartSvg({ ...panel, steps: widthOf(summary), width: 340, height: 210 })),
    )
    .join('\n')

const figures = ({ last, best, episodes, steps, updates, evaluations }: Summary): string => {
  const ended = meanStd(last.map((episode) => episode.return))
  const length = meanStd(last.map((episode) => episode.length))
  const over = `last ${last.length} ${last.length === 1 ? 'episode' : 'episodes'}`
  return [
    ...(last.length === 0
      ? [tile('Final return', '–', 'no episode has finished')]
      : [
          tile('Final return', `${short(ended.mean, 4)} ± ${short(ended.std)}`, over),
          tile('Best episode', short(best, 4), `of ${grouped(episodes)}`),
          tile('Final length', short(length.mean, 4), over),
        ]),
    ...(evaluations.last === null
      ? []
      : [
          tile(
            'Last evaluation',
            `${short(evaluations.last.evalReturn, 4)} ± ${short(evaluations.last.evalStd)}`,
            `of ${grouped(evaluations.count)}`,
          ),
        ]),
    tile('Environment steps', grouped(steps)),
    tile('Updates', grouped(updates)),
  ].join('')
}

const differing = (config: RunConfig): string => {
  const rows = changed(config)
  const preset = escaped(config.preset)
  if (config.preset === SUGGESTED) return '<p>Suggested for this environment.</p>'
  if (rows === null) return `<p>There is no preset ${preset} to compare it with.</p>`
  if (rows.length === 0) return `<p>All fields are as in the preset ${preset}.</p>`
  return table(rows, ['differs', 'here', `preset ${config.preset}`])
}

const everything = ({ settings: own, ...rest }: RunConfig): string =>
  `<details><summary>All fields</summary>${table([...settings(rest), ...settings(own)])}</details>`

/**
 * A run as one HTML page, which needs no script, no other file and no network: its final figures,
 * warnings, charts over the steps, and the config, what differs from the preset first. It follows the
 * reader's choice of light or dark, and prints. The same run gives the same page.
 */
export const reportHtml = (reported: Reported): string => {
  const { config, record } = reported
  const { algorithm, env, seed, preset, version, kernels } = config
  const { metrics, warnings } = findingWarnings(reported)
  const summary = summaryOf(metrics, algorithms[algorithm].measured)
  return page(
    `${env}, seed ${seed}`,
    `<header>
<h1>${escaped(env)}</h1>
<p>${escaped(`${algorithm}, preset ${preset} · seed ${seed} · ${kernels} kernels · proximal ${version}`)}</p>
</header>
<dl class="figures">${figures(summary)}</dl>
${warningsHtml(warnings())}${first(summary)}
<div class="charts">
${others(summary)}
</div>
<h2>Config</h2>
${differing(config)}
${everything(config)}
<footer>${record.hash === null ? 'The run has not finished: this is its newest checkpoint.' : `Hash of the final learner: ${escaped(record.hash)}`}<br>Episodes that end in the same update are drawn evenly over its steps.</footer>`,
  )
}

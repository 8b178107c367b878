import { settings } from '../algo/settings.ts'
import { isEnd, type ChainLine } from '../run/rlhf/lines.ts'
import type { PipelineConfig } from '../run/rlhf/pipelineConfig.ts'
import type { PipelineEnd } from '../run/rlhf/runPipeline.ts'
import type { Measured, StageName } from '../run/rlhf/stage.ts'
import { excerpt } from '../tensor/printable.ts'
import { chartSvg, type Mark } from './chart.ts'
import { figure, page, table, tile } from './page.ts'
import type { Point } from './series.ts'
import { escaped, grouped, short } from './text.ts'

/** What a report of a run of the stages contains. */
export interface ReportedStages extends PipelineEnd {
  readonly config: PipelineConfig
  readonly lines: readonly ChainLine[]
}

const LONGEST = 200

/** A metric over the steps of a stage, where it was measured. */
const series = (lines: readonly ChainLine[], stage: StageName, metric: string): readonly Point[] =>
  lines.flatMap((line) => {
    if (line.stage !== stage || isEnd(line)) return []
    const x = line.metrics[metric]
    return x === undefined ? [] : [[line.step, x ?? NaN] as const]
  })

interface Plot {
  readonly title: string
  readonly note: string
  readonly axis: string
  readonly marks: readonly Mark[]
}

const plotOf = (
  lines: readonly ChainLine[],
  stage: StageName,
  title: string,
  note: string,
  ...metrics: readonly string[]
): Plot => ({
  title,
  note,
  axis: stage === 'ppo' ? 'updates' : 'epochs',
  marks: metrics.map((metric, i) => ({
    kind: i === 0 ? 'line' : 'edge',
    points: series(lines, stage, metric),
  })),
})

const stepsOf = ({ marks }: Plot): number =>
  Math.max(1, ...marks.flatMap(({ points }) => points.map(([x]) => x)))

const drawn = (plot: Plot, width: number, height: number, kind = 'chart'): string =>
  chartSvg({ ...plot, steps: stepsOf(plot), width, height, nothing: 'no values' }, kind)

const plots = (config: PipelineConfig, lines: readonly ChainLine[]): readonly Plot[] =>
  [
    plotOf(lines, 'ppo', 'KL from the fine-tuned model', 'nats a response', 'objective/kl'),
    plotOf(lines, 'ppo', 'Entropy', 'nats a token', 'policy/entropy_avg'),
    plotOf(lines, 'ppo', 'Length', 'tokens per response', 'length'),
    ...(config.ppo.adaptive === null
      ? []
      : [plotOf(lines, 'ppo', 'β', 'cost of one nat of KL', 'objective/kl_coef')]),
    plotOf(lines, 'sft', 'Fine-tuning', 'nats per token; thin: on its own texts', 'nats', 'loss'),
    ...(config.score === null
      ? [plotOf(lines, 'reward', 'Reward model', 'loss per comparison', 'loss')]
      : []),
  ].filter(({ marks }) => marks.some(({ points }) => points.length > 0))

const MEASURES: ReadonlyArray<readonly [name: string, of: (measured: Measured) => number | null]> =
  [
    ['Score, in its own units', ({ own }) => own],
    ['Score of the reward model or function, in sd', ({ score }) => score],
    ['Hidden score, in sd', ({ gold }) => gold],
    ['KL, nats per response', ({ kl }) => kl],
    ['Perplexity of held-out texts', ({ perplexity }) => perplexity],
    ['Length, tokens', ({ length }) => length],
    ['Distinct tokens', ({ distinct1 }) => distinct1],
    ['Distinct bigrams', ({ distinct2 }) => distinct2],
  ]

const measures = ({ outputs: { evaluation } }: ReportedStages): string =>
  table(
    MEASURES.flatMap(([name, of]) => {
      const [before, after] = [of(evaluation.before), of(evaluation.after)]
      return before === null || after === null ? [] : [[name, short(before), short(after)]]
    }),
    ['', 'before', 'after'],
  )

const figures = ({ outputs: { evaluation, comparisons }, config }: ReportedStages): string => {
  const { after, accuracy } = evaluation
  return [
    ...(after.gold === null ? [] : [tile('Hidden score', short(after.gold), 'in sd, was 0')]),
    tile(
      config.score === null ? 'Reward model' : 'Your score',
      short(after.own ?? after.score),
      config.score === null ? 'in sd, was 0' : `was ${short(evaluation.before.own ?? 0)}`,
    ),
    tile('KL', short(after.kl), 'nats a response'),
    ...(config.score === null ? [tile('Comparisons', grouped(comparisons.length))] : []),
    ...(accuracy === null
      ? []
      : [tile('Accuracy', `${short(100 * accuracy)} %`, 'of new pairs, by the hidden score')]),
  ].join('')
}

/**
 * A run of the stages as one HTML page: what PPO has changed, responses before and after, charts of each
 * stage, and the config. The same run gives the same page.
 */
export const rlhfHtml = (reported: ReportedStages): string => {
  const { config, lines, outputs, hash } = reported
  const { corpus, ppo, seed, version } = config
  const main = plotOf(
    lines,
    'ppo',
    'Score',
    config.gold === null
      ? 'in sd of the samples before'
      : 'what PPO raises; thin: the hidden score',
    'objective/scores',
    'gold',
  )
  const target = ppo.adaptive === null ? `β ${ppo.beta}` : `KL of ${ppo.adaptive.target}`
  return page(
    `${corpus.name}, seed ${seed}`,
    `<header>
<h1>${escaped(excerpt(corpus.name, LONGEST))}</h1>
<p>${escaped(`language model of ${corpus.tokens} · ${target} · seed ${seed} · proximal ${version}`)}</p>
</header>
<dl class="figures">${figures(reported)}</dl>
${figure(main, ' class="first"', drawn(main, 1050, 360, 'wide'), drawn(main, 340, 260, 'narrow'))}
<div class="charts">
${plots(config, lines)
  .map((plot) => figure(plot, '', drawn(plot, 340, 210)))
  .join('\n')}
</div>
<h2>Before and after</h2>
${measures(reported)}
<h2>Samples</h2>
${table(
  outputs.evaluation.samples.map(({ before, after }) => [
    excerpt(before, LONGEST),
    excerpt(after, LONGEST),
  ]),
  ['before', 'after'],
)}
<h2>Config</h2>
<details><summary>All fields</summary>${table(settings(config))}</details>
<footer>Hash of all stages: ${escaped(hash)}</footer>`,
  )
}

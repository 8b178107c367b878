import { html, svg, type TemplateResult } from 'lit-html'
import type { Anatomy } from './anatomy.ts'
import { estimatorsOf, type Estimators } from './estimators.ts'
import type { anatomyWords } from './words.ts'

type Words = (typeof anatomyWords)['en']

const [LEFT, RIGHT] = [44, 14]

/** An episode with its estimators, made once for each anatomy. */
export interface Episode {
  readonly anatomy: Anatomy
  readonly estimators: Estimators
  readonly steps: number
}

export const episodeOf = (anatomy: Anatomy): Episode => ({
  anatomy,
  estimators: estimatorsOf(anatomy.episode, anatomy.gamma),
  steps: anatomy.episode.reward.length,
})

const place = (x: number): string => x.toFixed(1)

const short = (x: number): string => {
  const size = Math.abs(x)
  return size >= 100 ? x.toFixed(0) : size >= 10 ? x.toFixed(1) : x.toFixed(2)
}

/** A line of a band, by the class that colours it. */
interface Line {
  readonly name: 'reward' | 'value' | 'residual' | 'gae'
  readonly values: readonly number[]
}

/** Lines over the steps of an episode on a scale of their own, between two heights of the plot. */
const band = (
  lines: readonly Line[],
  scaled: readonly number[],
  [top, bottom]: readonly [number, number],
  px: (t: number) => number,
  width: number,
) => {
  const [low, high] = [Math.min(0, ...scaled), Math.max(0, ...scaled)]
  const py = (y: number): number =>
    bottom - ((bottom - top) * (Math.min(high, Math.max(low, y)) - low)) / (high - low || 1)
  // Labels that would stand on one another are left out.
  const ticks = [0, high, low].filter(
    (y, i, all) => !all.slice(0, i).some((other) => Math.abs(py(other) - py(y)) < 14),
  )
  return {
    py,
    marks: svg`${ticks.map(
      (y) =>
        svg`<line class="rule" x1=${LEFT} x2=${width - RIGHT} y1=${py(y)} y2=${py(y)} />
          <text x=${LEFT - 8} y=${py(y) + 4} text-anchor="end">${short(y)}</text>`,
    )}${lines.map(
      ({ name, values }) =>
        svg`<polyline class="line ${name}" points=${values
          .map((y, t) => `${place(px(t))},${place(py(y))}`)
          .join(' ')} />`,
    )}`,
  }
}

/** Rewards and values of an episode above its residuals and advantages, and the step that is looked at. */
export const episodeChart = (
  say: Words,
  { anatomy: { episode }, estimators, steps }: Episode,
  lambda: number,
  step: number,
  width: number,
): TemplateResult => {
  const advantages = estimators.advantages(lambda)
  const [rewards, values] = [Array.from(episode.reward), Array.from(episode.value)]
  const { residuals } = estimators
  const px = (t: number): number => LEFT + ((width - LEFT - RIGHT) * t) / Math.max(1, steps - 1)
  const above = band(
    [
      { name: 'reward', values: rewards },
      { name: 'value', values },
    ],
    [...rewards, ...values],
    [12, 112],
    px,
    width,
  )
  // The scale is that of every λ, so that lines move and not the axis.
  const below = band(
    [
      { name: 'residual', values: residuals },
      { name: 'gae', values: advantages },
    ],
    [...residuals, ...estimators.advantages(1)],
    [140, 270],
    px,
    width,
  )
  return html`<svg
      class="plot"
      viewBox="0 0 ${width} 300"
      role="img"
      aria-label=${say.chart(steps)}
    >
      ${svg`<line class="now" x1=${px(step)} x2=${px(step)} y1="12" y2="270" />`}
      ${above.marks}${below.marks}
      ${svg`<circle class="at" cx=${px(step)} cy=${below.py(advantages[step]!)} r="4.5" />
        <text x=${LEFT} y="294">t = 0</text>
        <text x=${width - RIGHT} y="294" text-anchor="end">${steps - 1}</text>`}
    </svg>
    <ul class="legend small">
      <li class="reward">${say.reward}</li>
      <li class="value">${say.value}</li>
      <li class="residual">${say.residual}</li>
      <li class="gae">${say.gae}</li>
    </ul>`
}

/** Estimators that are drawn: those beyond weigh little, or there are none. */
const MOST = 40
const TALL = 190

/** The k-step estimators of a step, what each weighs, and what they add up to. */
export const estimatorChart = (
  say: Words,
  { estimators }: Episode,
  lambda: number,
  step: number,
  total: number,
): TemplateResult => {
  const all = estimators.at(step, lambda)
  const shown = all.slice(0, MOST)
  const values = shown.map(({ advantage }) => advantage)
  const sum = all.reduce((a, { advantage, weight }) => a + weight * advantage, 0)
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const heaviest = Math.max(...shown.map(({ weight }) => weight), 1e-9)
  const width = (total - LEFT - RIGHT) / shown.length
  const py = (y: number): number => 96 - (84 * (y - low)) / (high - low || 1)
  const end = TALL - 20
  return html`<div class="row between">
      <h3>${say.estimators(step)}</h3>
      <span class="number"><strong>${say.sum(short(sum))}</strong></span>
    </div>
    <svg
      class="plot"
      viewBox="0 0 ${total} ${TALL}"
      role="img"
      aria-label=${say.weights(all.length, short(sum))}
    >
      ${[low, high].map(
        (y) => svg`<text x=${LEFT - 8} y=${py(y) + 4} text-anchor="end">${short(y)}</text>`,
      )}
      ${svg`<line class="rule" x1=${LEFT} x2=${total - RIGHT} y1=${py(0)} y2=${py(0)} />
        <line class="sum" x1=${LEFT} x2=${total - RIGHT} y1=${py(sum)} y2=${py(sum)} />
        <line class="rule" x1=${LEFT} x2=${total - RIGHT} y1=${end} y2=${end} />
        <text x=${LEFT - 8} y=${end} text-anchor="end">wₖ</text>
        <text x=${LEFT + width / 2} y=${TALL - 4} text-anchor="middle">k = 1</text>
        <text x=${total - RIGHT} y=${TALL - 4} text-anchor="end">${shown.length}</text>`}
      ${shown.map(({ advantage, weight }, i) => {
        const x = LEFT + width * (i + 0.5)
        const tall = (58 * weight) / heaviest
        const bar = Math.max(1.5, Math.min(22, 0.7 * width))
        return svg`<rect class="weight" x=${place(x - bar / 2)} y=${place(end - tall)} width=${place(bar)} height=${place(tall)} />
          <circle class="estimate" cx=${place(x)} cy=${place(py(advantage))} r=${place(Math.min(4, Math.max(1.5, bar / 2)))} opacity=${place(0.35 + (0.65 * weight) / heaviest)} />`
      })}
    </svg>
    <p class="quiet small">${say.estimatorsHint}</p>`
}

import { html, svg, type TemplateResult } from 'lit-html'
import type { Anatomy } from './anatomy.ts'
import { estimatorsOf, type Estimators } from './estimators.ts'
import type { anatomyWords } from './words.ts'

type Words = (typeof anatomyWords)['en']

const [WIDTH, HEIGHT] = [640, 260]
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 14, 12, 28]

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

/** Rewards, values, residuals and advantages of an episode, with the step that is looked at. */
export const episodeChart = (
  say: Words,
  { anatomy: { episode }, estimators, steps }: Episode,
  lambda: number,
  step: number,
): TemplateResult => {
  const advantages = estimators.advantages(lambda)
  const rows = [Array.from(episode.reward), Array.from(episode.value), estimators.residuals]
  const all = [...rows.flat(), ...estimators.advantages(1), 0]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const px = (t: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * t) / Math.max(1, steps - 1)
  const py = (y: number): number =>
    HEIGHT -
    BOTTOM -
    ((HEIGHT - TOP - BOTTOM) * (Math.min(high, Math.max(low, y)) - low)) / (high - low || 1)
  const line = (ys: readonly number[]): string =>
    ys.map((y, t) => `${place(px(t))},${place(py(y))}`).join(' ')
  return html`<svg
      class="plot"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label=${say.chart(steps)}
    >
      ${[low, 0, high].map(
        (y) =>
          svg`<line class="rule" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${py(y)} y2=${py(y)} />
            <text x=${LEFT - 8} y=${py(y) + 4} text-anchor="end">${short(y)}</text>`,
      )}
      ${svg`<line class="now" x1=${px(step)} x2=${px(step)} y1=${TOP} y2=${HEIGHT - BOTTOM} />
        <text x=${LEFT} y=${HEIGHT - 8}>0</text>
        <text x=${WIDTH - RIGHT} y=${HEIGHT - 8} text-anchor="end">t = ${steps - 1}</text>
        <polyline class="line reward" points=${line(rows[0]!)} />
        <polyline class="line value" points=${line(rows[1]!)} />
        <polyline class="line residual" points=${line(rows[2]!)} />
        <polyline class="line gae" points=${line(advantages)} />
        <circle class="at" cx=${px(step)} cy=${py(advantages[step]!)} r="4.5" />`}
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
const [BARS, TALL] = [640, 190]

/** The k-step estimators of a step, what each weighs, and what they add up to. */
export const estimatorChart = (
  say: Words,
  { estimators }: Episode,
  lambda: number,
  step: number,
): TemplateResult => {
  const all = estimators.at(step, lambda)
  const shown = all.slice(0, MOST)
  const values = shown.map(({ advantage }) => advantage)
  const sum = all.reduce((total, { advantage, weight }) => total + weight * advantage, 0)
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const heaviest = Math.max(...shown.map(({ weight }) => weight), 1e-9)
  const width = (BARS - LEFT - RIGHT) / shown.length
  const py = (y: number): number => 96 - (84 * (y - low)) / (high - low || 1)
  const end = TALL - 20
  return html`<div class="row between">
      <h3>${say.estimators(step)}</h3>
      <span class="number"><strong>${say.sum(short(sum))}</strong></span>
    </div>
    <svg
      class="plot"
      viewBox="0 0 ${BARS} ${TALL}"
      role="img"
      aria-label=${say.weights(all.length, short(sum))}
    >
      ${[low, high].map(
        (y) => svg`<text x=${LEFT - 8} y=${py(y) + 4} text-anchor="end">${short(y)}</text>`,
      )}
      ${svg`<line class="rule" x1=${LEFT} x2=${BARS - RIGHT} y1=${py(0)} y2=${py(0)} />
        <line class="sum" x1=${LEFT} x2=${BARS - RIGHT} y1=${py(sum)} y2=${py(sum)} />
        <line class="rule" x1=${LEFT} x2=${BARS - RIGHT} y1=${end} y2=${end} />
        <text x=${LEFT - 8} y=${end} text-anchor="end">wₖ</text>
        <text x=${LEFT + width / 2} y=${TALL - 4} text-anchor="middle">k = 1</text>
        <text x=${BARS - RIGHT} y=${TALL - 4} text-anchor="end">${shown.length}</text>`}
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

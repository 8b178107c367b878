import { html, svg, type TemplateResult } from 'lit-html'
import type { Box } from '../../env/space.ts'
import type { Belief, Decision } from './policy.ts'

const percent = (x: number): string => `${Math.round(100 * x)} %`

/** The probability of each choice as a bar, the one that was taken marked. */
const choiceBars = (
  probabilities: readonly number[],
  taken: unknown,
  names: readonly string[],
): TemplateResult =>
  html`<dl class="bars">
    ${probabilities.map(
      (p, i) =>
        html`<dt class=${i === taken ? 'taken' : ''}>${names[i] ?? String(i)}</dt>
          <dd>
            <span class="track"
              ><span class="fill" style="width: ${(100 * p).toFixed(1)}%"></span
            ></span>
            <span class="small number">${percent(p)}</span>
          </dd>`,
    )}
  </dl>`

/** A number on the scale of its box: what is most probable, a deviation around it, and what was drawn. */
const scale = (
  mean: number,
  deviation: number,
  drawn: number,
  low: number,
  high: number,
  name: string,
): TemplateResult => {
  const at = (x: number): number => (100 * (Math.min(high, Math.max(low, x)) - low)) / (high - low)
  const [from, to] = [at(mean - deviation), at(mean + deviation)]
  return html`<div class="small row between">
      <span>${name}</span><span class="number">${drawn.toFixed(2)}</span>
    </div>
    <div class="scale">
      <span class="fill soft" style="left: ${from}%; width: ${Math.max(1, to - from)}%"></span>
      <span class="tick" style="left: ${at(mean)}%"></span>
      <span class="dot" style="left: ${at(drawn)}%"></span>
    </div>
    <div class="small quiet row between number"><span>${low}</span><span>${high}</span></div>`
}

/** How sure the policy is of its action. */
export const beliefGauge = (
  { belief, action }: Decision,
  names: readonly string[],
  box: Box | null,
): TemplateResult => {
  const show: { readonly [K in Belief['kind']]: () => TemplateResult } = {
    choices: () => choiceBars(belief.kind === 'choices' ? belief.probabilities : [], action, names),
    numbers: () =>
      html`${
        belief.kind === 'numbers' && box !== null
          ? belief.means.map((mean, i) =>
              scale(
                mean,
                belief.deviations[i]!,
                (action as readonly number[])[i]!,
                box.low[i]!,
                box.high[i]!,
                names[i] ?? String(i),
              ),
            )
          : ''
      }`,
  }
  return show[belief.kind]()
}

/** The last values as a line that fills its width. */
export const sparkline = (values: readonly number[], label: string): TemplateResult => {
  const [low, high] = [Math.min(0, ...values), Math.max(1e-6, ...values)]
  const x = (i: number): number => (300 * i) / Math.max(1, values.length - 1)
  const y = (v: number): number => 58 - (56 * (v - low)) / (high - low)
  const points = values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' ')
  return html`<svg
    class="spark"
    viewBox="0 0 300 60"
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
  >
    ${svg`<line class="axis" x1="0" x2="300" y1=${y(0)} y2=${y(0)} /><polyline points=${points} />`}
  </svg>`
}

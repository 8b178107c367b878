import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, type TemplateResult } from 'lit-html'
import type { PpoConfig } from '../../algo/ppo/config.ts'
import { f64 } from '../../math/real.ts'
import type { anatomyWords } from './words.ts'

type Words = (typeof anatomyWords)['en']

/** A setting that can be changed while a run trains. */
export type Changed = 'clip' | 'lambda' | 'gamma' | 'epochs' | 'learningRate'

/** How a setting is dragged: a slider's places, and the values that they stand for. */
interface Dial {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly valueAt: (place: number) => number
  readonly placeOf: (value: number) => number
  readonly format: (value: number) => string
}

const plain = (min: number, max: number, step: number): Dial => ({
  min,
  max,
  step,
  valueAt: (place) => place,
  placeOf: (value) => value,
  format: (value) => String(Math.round(value * 1000) / 1000),
})

const TENTH = 10

/** Powers of ten, a tenth of a decade each, to two digits. */
const rate: Dial = {
  min: -50,
  max: -15,
  step: 1,
  valueAt: (place) => Number(f64.exp((place / TENTH) * f64.log(10)).toPrecision(2)),
  placeOf: (value) => Math.round((TENTH * f64.log(value)) / f64.log(10)),
  format: (value) => value.toExponential(1),
}

const DIALS: { readonly [C in Changed]: Dial } = {
  clip: plain(0.02, 0.6, 0.02),
  lambda: plain(0, 1, 0.01),
  gamma: plain(0.8, 1, 0.005),
  epochs: plain(1, 30, 1),
  learningRate: rate,
}

const ORDER: readonly Changed[] = ['clip', 'lambda', 'gamma', 'epochs', 'learningRate']

/** A slider for each setting. A change is made when the slider is let go. */
export const controls = (
  say: Words,
  settings: PpoConfig,
  refused: string | null,
  change: (name: Changed, value: number) => void,
): TemplateResult =>
  html`<section class="card pad stack controls">
    <div>
      <h3>${say.settings}</h3>
      <p class="quiet small">${say.settingsHint}</p>
    </div>
    ${ORDER.map((name) => {
      const { min, max, step, valueAt, placeOf, format } = DIALS[name]
      const show = ({ target }: Event): void => {
        const { value, previousElementSibling } = target as HTMLInputElement
        previousElementSibling!.textContent = format(valueAt(Number(value)))
      }
      return html`<label class="dial">
        <span>${say[name]}</span>
        <output class="number" .textContent=${format(settings[name])}></output>
        <input
          type="range"
          min=${min}
          max=${max}
          step=${step}
          .value=${String(placeOf(settings[name]))}
          @input=${show}
          @change=${({ target }: Event) =>
            change(name, valueAt(Number((target as HTMLInputElement).value)))}
        />
      </label>`
    })}
    ${
      refused === null
        ? nothing
        : html`<p class="small bad" role="alert">${say.refused}: ${refused}</p>`
    }
  </section>`

/** What to say of a change that was refused; null where it was made. */
export const refusal = (given: E.Either<string, void>): string | null =>
  E.isLeft(given) ? given.left : null

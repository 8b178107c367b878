import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, type TemplateResult } from 'lit-html'
import type { Context } from '../view.ts'
import { changesOf } from './changes.ts'
import { timeWords } from './words.ts'

type Field = keyof (typeof timeWords)['en']['fields']

/** The settings that the card offers, with the steps of their inputs. */
const FIELDS: ReadonlyArray<readonly [Field, step: string]> = [
  ['clip', '0.05'],
  ['learningRate', '0.0001'],
  ['gamma', '0.005'],
  ['lambda', '0.05'],
  ['epochs', '1'],
  ['entropyCoef', '0.005'],
]

/** A card that forks the run with other settings. */
export const settingsCard = (
  { run, control, language, say }: Pick<Context, 'run' | 'control' | 'language' | 'say'>,
  redraw: () => void,
): (() => TemplateResult) => {
  const words = timeWords[language]
  let change: Partial<Record<Field, number>> = {}
  let problem: string | null = null

  const fork = async (): Promise<void> => {
    const { update } = run.get()
    const forked = await control.setSettings(change)
    problem = E.isLeft(forked) ? forked.left : null
    if (E.isRight(forked)) {
      change = {}
      say(words.forked(update))
    }
    redraw()
  }

  return () => {
    const { config } = run.get()
    const isChanged = Object.keys(change).length > 0
    const past = config === null ? [] : changesOf(config)
    return html`<form
      class="card pad stack"
      @submit=${(event: Event) => {
        event.preventDefault()
        void fork()
      }}
    >
      <div>
        <h2>${words.settings}</h2>
        <p class="quiet small">${words.forkHint}</p>
      </div>
      <div class="fields">
        ${FIELDS.map(
          ([field, step]) =>
            html`<label
              ><span class="small quiet">${words.fields[field]}</span
              ><input
                class="number"
                type="number"
                name=${field}
                step="any"
                data-step=${step}
                .value=${String(change[field] ?? config?.settings[field] ?? '')}
                @input=${({ target }: Event) => {
                  const { valueAsNumber } = target as HTMLInputElement
                  if (Number.isNaN(valueAsNumber) || valueAsNumber === config?.settings[field]) {
                    const { [field]: _, ...others } = change
                    change = others
                  } else change = { ...change, [field]: valueAsNumber }
                  redraw()
                }}
            /></label>`,
        )}
      </div>
      <div class="row">
        <button class="primary" ?disabled=${!isChanged}>${words.fork}</button>
        <span class="quiet small">${isChanged ? nothing : words.unchanged}</span>
      </div>
      ${problem === null ? nothing : html`<p class="small bad" role="alert">${problem}</p>`}
      ${
        past.length === 0
          ? nothing
          : html`<div>
              <h3>${words.past}</h3>
              <ul class="small number" style="margin: 4px 0 0; padding-left: 20px">
                ${past.map(
                  ({ at, fields }) =>
                    html`<li>
                      ${words.slider} ${at}:
                      ${fields.map(([path, was, is]) => `${path} ${was} → ${is}`).join(', ')}
                    </li>`,
                )}
              </ul>
            </div>`
      }
    </form>`
  }
}

import { html, nothing, type TemplateResult } from 'lit-html'
import type { Control, Run } from '../view.ts'
import type { Language } from '../words.ts'
import { environmentTitles, OFFERED, shellWords, titleOf } from './words.ts'

/** A speed that the eye can follow, in updates per second. */
export const SLOW = 2

/** What the bar can do beside the commands of the run. */
export interface BarActions extends Control {
  readonly choose: (env: string, seed: number) => void
}

const environments = (language: Language, current: string | undefined): readonly string[] =>
  current === undefined || Object.hasOwn(environmentTitles[language], current)
    ? OFFERED
    : [...OFFERED, current]

/** The bar above every view: which run, how fast, and how far. */
export const bar = (language: Language, run: Run, act: BarActions): TemplateResult => {
  const say = shellWords[language]
  const { config, phase, update, updates } = run
  const isRunning = phase === 'running'
  const isIdle = phase === 'idle'
  const env = config?.env ?? 'cartpole'
  const seed = config?.seed ?? 1
  return html`<section class="card bar" aria-label=${say.progress}>
    <label>
      <span class="hidden">${say.environment}</span>
      <select
        .value=${env}
        @change=${({ target }: Event) => act.choose((target as HTMLSelectElement).value, seed)}
      >
        ${environments(language, config?.env).map(
          (name) =>
            html`<option value=${name} ?selected=${name === env}>
              ${titleOf(language, name)}
            </option>`,
        )}
      </select>
    </label>
    <label>
      <span class="quiet small">${say.seed}</span>
      <input
        class="number seed"
        type="number"
        min="0"
        max="4294967295"
        .value=${String(seed)}
        @change=${({ target }: Event) => {
          const { valueAsNumber, validity } = target as HTMLInputElement
          if (validity.valid && Number.isInteger(valueAsNumber)) act.choose(env, valueAsNumber)
        }}
      />
    </label>
    <div class="row">
      ${
        phase === 'done'
          ? html`<button class="primary" @click=${() => act.choose(env, seed)}>
              ${say.restart}
            </button>`
          : html`<button
              class="primary"
              ?disabled=${isIdle}
              @click=${() => void (isRunning ? act.pause() : act.go())}
            >
              ${isRunning ? say.pause : say.play}
            </button>`
      }
      <button ?disabled=${isIdle || phase === 'done'} @click=${() => void act.step()}>
        ${say.step}
      </button>
    </div>
    <div class="segments" role="group" aria-label=${say.speed}>
      <button aria-pressed=${run.pace !== null} @click=${() => void act.pace(SLOW)}>
        ${say.slow}
      </button>
      <button aria-pressed=${run.pace === null} @click=${() => void act.pace(null)}>
        ${say.full}
      </button>
    </div>
    <div class="facts">
      <progress aria-label=${say.progress} max=${Math.max(1, updates)} .value=${update}></progress>
      <div class="row between small quiet number">
        <span>${say.facts(update, updates, run.stepsPerSecond, run.threads)}</span>
        <span>${say.phases[phase]}</span>
      </div>
      ${
        run.problem === null
          ? nothing
          : html`<p class="small bad" role="alert">${say.failed}: ${run.problem}</p>`
      }
    </div>
  </section>`
}

import { html, nothing, type TemplateResult } from 'lit-html'
import { builtInOf, type BuiltInName } from '../../builtin/index.ts'
import { key } from '../../random/key.ts'
import type { Language } from '../words.ts'
import { handlings } from './actions.ts'
import { drawOn } from './canvas.ts'
import type { Game } from './game.ts'
import { beliefGauge, sparkline } from './gauges.ts'
import type { Decision } from './policy.ts'
import { seatAt } from './seat.ts'
import { arenaWords } from './words.ts'

/** How many values the line of V(s) shows. */
const VALUES = 200
const EPISODES = 5
/** Milliseconds between two episodes. */
const REST_MS = 700

/** The policy alone at its game, with what it thinks beside it. */
export interface Solo {
  readonly template: (update: number | null) => TemplateResult
  readonly pass: (milliseconds: number) => void
  readonly draw: () => void
}

/** @param decide what the policy does, or null while there is none */
export const soloIn = (
  language: Language,
  env: BuiltInName,
  title: string,
  decide: (game: Game) => Decision | null,
): Solo => {
  const words = arenaWords[language]
  const builtIn = builtInOf(env)
  const { actionSpace } = builtIn.env
  const box = actionSpace.kind === 'box' ? actionSpace : null
  const names = handlings[env].names.map((name) => words.names[name])
  const canvas = document.createElement('canvas')
  canvas.className = 'game'
  canvas.setAttribute('role', 'img')
  let decision: Decision | null = null
  let values: readonly number[] = []
  let returns: readonly number[] = []
  const seat = seatAt(builtIn, key(2026), {
    restMs: REST_MS,
    act: (game) => {
      if (game.length === 0) values = []
      const decided = decide(game)
      if (decided === null) return null
      decision = decided
      values = [...values.slice(1 - VALUES), decided.value]
      return decided.action
    },
    onOver: (game) => {
      returns = [...returns.slice(1 - EPISODES), game.return]
    },
  })

  return {
    pass: seat.pass,
    draw: () => drawOn(canvas, seat.picture()),
    template: (update) => {
      const game = seat.game()
      canvas.setAttribute('aria-label', words.picture(title, game.length, game.return))
      return html`<div class="split">
        <section class="card stage">
          ${canvas}
          <div class="pad row between">
            <h2>${words.title}</h2>
            <span class="quiet small number"
              >${update === null || update === 0 ? words.random : words.after(update)}</span
            >
          </div>
        </section>
        <div class="stack">
          <section class="card pad">
            <dl class="figures number">
              <div>
                <dt>${words.step}</dt>
                <dd>${game.length}</dd>
              </div>
              <div>
                <dt>${words.return}</dt>
                <dd>${game.return.toFixed(1)}</dd>
              </div>
              <div class="wide">
                <dt>${words.last}</dt>
                <dd>
                  ${
                    returns.length === 0 ? words.none : returns.map((x) => x.toFixed(0)).join(' · ')
                  }
                </dd>
              </div>
            </dl>
          </section>
          <section class="card pad">
            <h3>${box === null ? words.actions : words.action}</h3>
            ${decision === null ? nothing : beliefGauge(decision, names, box)}
          </section>
          <section class="card pad">
            <div class="row between">
              <h3>${words.value}</h3>
              <span class="number">${values.at(-1)?.toFixed(2) ?? ''}</span>
            </div>
            ${sparkline(values, words.value)}
            <p class="quiet small">${words.valueHint}</p>
          </section>
        </div>
      </div>`
    },
  }
}

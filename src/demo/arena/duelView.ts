import { html, type TemplateResult } from 'lit-html'
import type { BuiltInName } from '../../builtin/index.ts'
import type { Language } from '../words.ts'
import { handlings, type KeyName } from './actions.ts'
import { drawOn } from './canvas.ts'
import type { Duel } from './duel.ts'
import type { Game } from './game.ts'
import { keyOf } from './hands.ts'
import { arenaWords } from './words.ts'

const ARROWS: { readonly [K in KeyName]: string } = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ' ': '␣',
}

/** The two games of a duel side by side, with buttons for hands without a keyboard. */
export interface DuelView {
  readonly template: () => TemplateResult
  readonly draw: () => void
  readonly end: () => void
}

export const duelView = (
  language: Language,
  env: BuiltInName,
  title: string,
  duel: Duel,
): DuelView => {
  const words = arenaWords[language]
  const handling = handlings[env]
  const [mine, theirs] = [document.createElement('canvas'), document.createElement('canvas')]
  for (const canvas of [mine, theirs]) {
    canvas.className = 'game'
    canvas.setAttribute('role', 'img')
  }
  const hint = words.hints[handling.hint]
  const { press, release } = duel.hands

  const onKey = (act: (name: KeyName) => void) => (event: KeyboardEvent) => {
    const name = keyOf(event)
    if (name === null || handling.keys[name] === undefined) return
    // Arrows would scroll the page, and space press the focused button.
    event.preventDefault()
    if (!event.repeat) act(name)
  }
  const [down, up] = [onKey(press), onKey(release)]
  addEventListener('keydown', down)
  addEventListener('keyup', up)

  const side = (name: string, canvas: HTMLCanvasElement, game: Game): TemplateResult => {
    canvas.setAttribute('aria-label', `${name}, ${words.picture(title, game.length, game.return)}`)
    return html`<section class="card stage">
      ${canvas}
      <div class="pad row between">
        <h2>${name}</h2>
        <span class="number">${words.return} ${game.return.toFixed(0)}</span>
      </div>
    </section>`
  }

  const verdict = (): string => {
    const winner = duel.winner()
    if (winner !== null)
      return { person: words.won, policy: words.lostRound, nobody: words.drawn }[winner]
    return duel.hands.hasBegun() ? hint : `${words.ready}. ${hint}`
  }

  const button = (name: KeyName): TemplateResult =>
    html`<button
      class="pad-button"
      @pointerdown=${(event: PointerEvent) => {
        event.preventDefault()
        press(name)
      }}
      @pointerup=${() => release(name)}
      @pointerleave=${() => release(name)}
      @pointercancel=${() => release(name)}
      aria-label=${name === ' ' ? 'Space' : name}
    >
      ${ARROWS[name]}
    </button>`

  return {
    template: () => {
      const { person, policy } = duel.score()
      return html`<div class="duel">
          ${side(words.you, mine, duel.person().game())}
          ${side(words.policy, theirs, duel.policy().game())}
        </div>
        <section class="card pad row between">
          <div>
            <strong role="status">${verdict()}</strong>
            <p class="quiet small number">${words.rounds(person, policy)}</p>
          </div>
          <div class="row">${(Object.keys(handling.keys) as KeyName[]).map(button)}</div>
        </section>`
    },
    draw: () => {
      drawOn(mine, duel.person().picture())
      drawOn(theirs, duel.policy().picture())
    },
    end: () => {
      removeEventListener('keydown', down)
      removeEventListener('keyup', up)
    },
  }
}

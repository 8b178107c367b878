import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import { drawOn } from '../arena/canvas.ts'
import type { Context } from '../view.ts'
import { decodeTeachLink, encodeTeachLink, type TeachLink, type TeachOrder } from './choices.ts'
import { brokenLink } from './brokenLink.ts'
import type { TeachClient } from './client.ts'
import { filmOf, type Film } from './clip.ts'
import { keysOf } from './keys.ts'
import { lineChart } from './lineChart.ts'
import { linkCard } from './linkCard.ts'
import { following } from './session.ts'
import { isTeachTaskName, teachTasks, type TeachTaskName } from './task.ts'
import type { TeachShown } from './teacher.ts'
import { teachWords } from './words.ts'

const START: TeachLink = { order: { task: 'pendulum', seed: 1, choices: '' }, hash: null }

/** Whether an address without a session means this one. */
const isStart = ({ task, seed, choices }: TeachOrder): boolean =>
  task === START.order.task && seed === START.order.seed && choices === ''

const percent = (x: number): string => `${Math.round(100 * x)} %`

/** A canvas on which a film is shown again and again. */
interface Screen {
  readonly canvas: HTMLCanvasElement
  film: Film | null
}

const screen = (): Screen => {
  const canvas = document.createElement('canvas')
  canvas.className = 'clip'
  return { canvas, film: null }
}

/** Teaching a movement: two clips side by side, and what was learned from the choices. */
export const mountMotion = (
  host: HTMLElement,
  { language, linkField }: Context,
  client: TeachClient,
): (() => void) => {
  const say = teachWords[language]
  const field = linkField('teach')
  const [left, right, practice] = [screen(), screen(), screen()]
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches

  const text = field.get()
  const read = text === null ? E.right(START) : decodeTeachLink(text)
  const { order: first, hash: claimed } = E.isRight(read) ? read.right : read.left.nearest
  const claim = claimed === null ? null : { choices: first.choices, hash: claimed }
  let order: TeachOrder = first
  const broken = E.isLeft(read) ? read.left.problem : null
  let shown: TeachShown | null = null
  let problem: string | null = null
  /** when the clips began; null: they rest, as they do where nothing should move by itself */
  let began: number | null = isStill ? null : performance.now()

  const isReady = (): boolean =>
    shown !== null && shown.choices === order.choices && shown.phase === 'choose'

  const { follow, stop } = following(
    client,
    (next) => {
      const isOther = next.question !== null && next.choices !== shown?.choices
      shown = next
      const task = teachTasks[order.task]
      if (next.question !== null) {
        ;[left.film, right.film] = [filmOf(task, next.question[0]), filmOf(task, next.question[1])]
      }
      practice.film = filmOf(task, next.practice)
      if (isOther && !isStill) began = performance.now()
      if (next.phase === 'choose' && next.choices === order.choices)
        field.set(isStart(order) ? null : encodeTeachLink({ order, hash: next.hash }))
      draw()
      paint(performance.now())
    },
    (message) => {
      problem = message
      draw()
    },
  )

  const go = (next: TeachOrder): void => {
    order = next
    problem = null
    draw()
    follow(next)
  }
  const another = (task: TeachTaskName, seed: number): void => {
    shown = null
    ;[left.film, right.film, practice.film] = [null, null, null]
    go({ task, seed, choices: '' })
  }
  const choose = (letter: string): void => {
    if (isReady()) go({ ...order, choices: order.choices + letter })
  }
  const undo = (): void => {
    if (order.choices !== '') go({ ...order, choices: order.choices.slice(0, -1) })
  }

  const clipButton = (one: Screen, side: string, letter: string, key: string): TemplateResult =>
    html`<button
      class="choice"
      ?disabled=${!isReady()}
      aria-label=${say.choose(side)}
      @click=${() => choose(letter)}
    >
      ${one.canvas}
      <span class="caption"><kbd>${key}</kbd> ${side}</span>
    </button>`

  const progress = (): TemplateResult => {
    if (shown === null) return html`<p class="quiet" role="status">${say.loading}</p>`
    const { labels, update, updates, phase } = shown
    const words =
      phase === 'over'
        ? say.over(labels)
        : isReady()
          ? say.progress(order.choices.length, labels)
          : say.learning(update, updates)
    return html`<div class="asked">
      <p class="quiet number" role="status">${words}</p>
      <progress max=${labels} .value=${order.choices.length} aria-label=${words}></progress>
    </div>`
  }

  const charts = (now: TeachShown): TemplateResult => {
    const x = [0, now.labels] as const
    const measured = now.measured.map(({ choices, value }) => ({ x: choices, y: value }))
    const foreseen = now.foreseen.map(({ choices, value }) => ({ x: choices, y: value }))
    const [latest, agreed] = [measured.at(-1)!.y, foreseen.at(-1)]
    const title = say.measures[order.task]
    return html`<section class="card pad">
        <div class="row between">
          <h3>${title}</h3>
          <span class="figure number">${latest.toFixed(2)}</span>
        </div>
        ${lineChart({
          points: measured,
          x,
          y: [0, order.task === 'cartpole' ? 1 : 6],
          label: `${title}: ${latest.toFixed(2)}`,
          shape: 'line',
          xLabel: say.over100,
          format: (y) => y.toFixed(1),
        })}
      </section>
      <section class="card pad">
        <div class="row between">
          <h3>${say.agreement}</h3>
          <span class="figure number">${agreed === undefined ? '–' : percent(agreed.y)}</span>
        </div>
        ${lineChart({
          points: foreseen,
          x,
          y: [0, 1],
          label: `${say.agreement}: ${agreed === undefined ? say.agreementNone : percent(agreed.y)}`,
          shape: 'dots',
          xLabel: say.over100,
          format: percent,
        })}
        <p class="quiet small">${agreed === undefined ? say.agreementNone : say.agreementHint}</p>
      </section>`
  }

  const verdict = (): boolean | null =>
    claim === null || shown?.choices !== claim.choices || !isReady()
      ? null
      : shown.hash === claim.hash

  const draw = (): void =>
    void render(
      html`${brokenLink(broken, say)}
        <div class="split">
          <section class="card pad stack question">
            <div class="row between">
              <h2>${say.title}</h2>
              <div class="row">
                <label class="small"
                  ><span class="hidden">${say.task}</span>
                  <select
                    @change=${({ target }: Event) => {
                      const { value } = target as HTMLSelectElement
                      if (isTeachTaskName(value)) another(value, order.seed)
                    }}
                  >
                    ${(Object.keys(teachTasks) as readonly TeachTaskName[]).map(
                      (task) =>
                        html`<option value=${task} ?selected=${task === order.task}>
                          ${say.tasks[task]}
                        </option>`,
                    )}
                  </select></label
                >
                <label class="small"
                  ><span class="quiet">${say.seed}</span>
                  <input
                    class="number seed"
                    type="number"
                    min="0"
                    max="4294967295"
                    .value=${String(order.seed)}
                    @change=${({ target }: Event) => {
                      const { valueAsNumber: seed, validity } = target as HTMLInputElement
                      if (validity.valid && Number.isInteger(seed)) another(order.task, seed)
                    }}
                /></label>
              </div>
            </div>
            <p class="quiet">${say.intro} ${say.idea[order.task]}</p>
            <div class="clips">
              ${clipButton(left, say.left, 'l', '←')}${clipButton(right, say.right, 'r', '→')}
            </div>
            <div class="row between">
              <div class="row">
                <button ?disabled=${!isReady()} @click=${() => choose('n')}>
                  ${say.neither} <kbd>␣</kbd>
                </button>
                <button ?disabled=${order.choices === ''} @click=${undo}>
                  ${say.undo} <kbd>U</kbd>
                </button>
                ${
                  isStill
                    ? html`<button
                        @click=${() => {
                          began = performance.now()
                        }}
                      >
                        ${say.play}
                      </button>`
                    : nothing
                }
              </div>
              ${progress()}
            </div>
            ${
              problem === null
                ? nothing
                : html`<p class="bad" role="alert">${say.failed}: ${problem}</p>`
            }
          </section>
          <div class="stack">
            <section class="card practice">
              ${practice.canvas}
              <div class="pad">
                <h3>${say.practice}</h3>
                <p class="quiet small">${say.practiceHint(shown?.update ?? 0)}</p>
              </div>
            </section>
            ${shown === null ? nothing : charts(shown)}
          </div>
        </div>
        ${linkCard(say, shown?.hash ?? null, verdict())}`,
      host,
    )

  let frame = 0
  const paint = (now: number): void => {
    for (const { canvas, film } of [left, right, practice]) {
      canvas.style.visibility = film === null ? 'hidden' : 'visible'
      if (film === null) continue
      const time = began === null ? 0 : isStill ? now - began : (now - began) % film.milliseconds
      drawOn(canvas, film.at(Math.max(0, time)).picture)
    }
  }
  const tick = (now: number): void => {
    frame = requestAnimationFrame(tick)
    if (began !== null) paint(now)
  }
  for (const { canvas } of [left, right]) canvas.setAttribute('aria-hidden', 'true')
  practice.canvas.setAttribute('role', 'img')
  practice.canvas.setAttribute('aria-label', say.picture(say.tasks[order.task]))

  const release = keysOf({
    ArrowLeft: () => choose('l'),
    ArrowRight: () => choose('r'),
    ' ': () => choose('n'),
    u: undo,
    Backspace: undo,
  })
  go(order)
  frame = requestAnimationFrame(tick)
  return () => {
    cancelAnimationFrame(frame)
    release()
    stop()
  }
}

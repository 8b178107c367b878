import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import { brokenLink } from '../teach/brokenLink.ts'
import type { TeachClient } from '../teach/client.ts'
import { keysOf } from '../teach/keys.ts'
import { lineChart } from '../teach/lineChart.ts'
import { linkCard } from '../teach/linkCard.ts'
import { teachWords } from '../teach/words.ts'
import type { Context } from '../view.ts'
import { BETAS, FIRST_BETA } from './events.ts'
import { decodeNamesLink, encodeNamesLink, type NamesLink } from './link.ts'
import './names.css'
import type { NamesShown } from './teacher.ts'
import { namesWords } from './words.ts'

const START: NamesLink = { seed: 1, events: '', hash: null }

/** Teaching a language model: which of two names is better? */
export const mountNames = (
  host: HTMLElement,
  { language, linkField }: Context,
  client: TeachClient,
): (() => void) => {
  const say = namesWords[language]
  const all = teachWords[language]
  const field = linkField('names')
  const text = field.get()
  const read = text === null ? E.right(START) : decodeNamesLink(text)
  const first = E.isRight(read) ? read.right : read.left.nearest
  const broken = E.isLeft(read) ? read.left.problem : null
  const { seed } = first
  let { events } = first
  let shown: NamesShown | null = null
  let share: number | null = null
  let problem: string | null = null
  let turn = new AbortController()

  const isReady = (): boolean => shown !== null && shown.events === events && !shown.isLearning

  const follow = async (): Promise<void> => {
    turn.abort()
    const mine = new AbortController()
    turn = mine
    for await (const item of client.stream('names', { seed, events }, { signal: mine.signal })) {
      if (mine.signal.aborted) return
      if (E.isLeft(item)) {
        if (item.left.kind === 'lost') return follow()
        problem = item.left.message
      } else if (item.right.kind === 'tuning') share = item.right.share
      else {
        ;({ shown } = item.right)
        const isStart = seed === START.seed && events === START.events
        if (isReady())
          field.set(isStart ? null : encodeNamesLink({ seed, events, hash: shown.hash }))
      }
      draw()
    }
  }
  const go = (next: string): void => {
    events = next
    problem = null
    draw()
    void follow()
  }
  const add = (letter: string): void => {
    if (isReady()) go(events + letter)
  }
  const undo = (): void => {
    if (events !== '') go(events.slice(0, -1))
  }

  const name = (place: 0 | 1, letter: string, key: string): TemplateResult => {
    const written = shown?.question[place] ?? '…'
    return html`<button
      class="name"
      ?disabled=${!isReady()}
      aria-label=${say.choose(written)}
      @click=${() => add(letter)}
    >
      <span class="written">${written}</span>
      <span class="caption"><kbd>${key}</kbd></span>
    </button>`
  }

  const status = (): string => {
    if (shown === null) return share === null ? all.loading : say.tuning(Math.round(100 * share))
    if (!isReady()) return say.learning
    return `${say.answers(shown.answers)} · ${say.lesson(shown.untilLesson)}`
  }

  const dial = (): TemplateResult => {
    const place = shown?.beta ?? FIRST_BETA
    return html`<label class="dial"
        ><span>${say.beta}</span>
        <output class="number">${BETAS[place]}</output>
        <input
          type="range"
          min="0"
          max=${BETAS.length - 1}
          step="1"
          .value=${String(place)}
          ?disabled=${!isReady()}
          aria-valuetext=${String(BETAS[place])}
          @change=${({ target }: Event) => add((target as HTMLInputElement).value)}
        />
      </label>
      <p class="quiet small">${say.betaHint}</p>`
  }

  const chart = (
    title: string,
    hint: string,
    of: 'proxy' | 'kl',
    least: number,
  ): TemplateResult => {
    const metrics = shown?.metrics ?? []
    const points = [
      { x: 0, y: 0 },
      ...metrics.map((one) => ({ x: one.update, y: one[of] })),
    ].filter(({ y }) => Number.isFinite(y))
    const latest = metrics.at(-1)?.[of]
    const now = latest === undefined ? say.none : latest.toFixed(2)
    return html`<section class="card pad">
      <div class="row between">
        <h3>${title}</h3>
        <span class="figure number">${latest === undefined ? '–' : now}</span>
      </div>
      ${lineChart({
        points,
        x: [0, Math.max(20, metrics.length)],
        y: [0, least],
        label: `${title}: ${now}`,
        shape: 'line',
        xLabel: say.updates,
        format: (y) => y.toFixed(1),
      })}
      <p class="quiet small">${hint}</p>
    </section>`
  }

  const samples = (): TemplateResult =>
    html`<section class="card pad stack">
      <div>
        <h3>${say.samples}</h3>
        <p class="quiet small">${say.samplesHint}</p>
      </div>
      <table class="samples">
        <thead>
          <tr>
            <th scope="col">${say.before}</th>
            <th scope="col">${say.now}</th>
          </tr>
        </thead>
        <tbody>
          ${(shown?.before ?? []).map((before, i) => {
            const now = shown!.now[i]!
            return html`<tr>
              <td>${before === '' ? say.empty : before}</td>
              <td class=${now === before ? '' : 'changed'}>${now === '' ? say.empty : now}</td>
            </tr>`
          })}
        </tbody>
      </table>
    </section>`

  const claim = first.hash === null ? null : { events: first.events, hash: first.hash }
  const verdict = (): boolean | null =>
    claim === null || events !== claim.events || !isReady() ? null : shown?.hash === claim.hash

  const draw = (): void =>
    void render(
      html`${brokenLink(broken, all)}
        <div class="split">
          <div class="stack">
            <section class="card pad stack question">
              <h2>${say.title}</h2>
              <p class="quiet">${say.intro} ${say.idea}</p>
              <div class="pair">${name(0, 'l', '←')}${name(1, 'r', '→')}</div>
              <div class="row between">
                <div class="row">
                  <button ?disabled=${!isReady()} @click=${() => add('n')}>
                    ${all.neither} <kbd>␣</kbd>
                  </button>
                  <button ?disabled=${events === ''} @click=${undo}>
                    ${all.undo} <kbd>U</kbd>
                  </button>
                </div>
                <p class="quiet number" role="status">${status()}</p>
              </div>
              ${
                shown === null && share !== null
                  ? html`<progress max="1" .value=${share} aria-label=${status()}></progress>`
                  : nothing
              }
              ${
                problem === null
                  ? nothing
                  : html`<p class="bad" role="alert">${all.failed}: ${problem}</p>`
              }
            </section>
            ${samples()}
          </div>
          <div class="stack">
            <section class="card pad stack">
              ${dial()}
              <div class="row">
                <button
                  ?disabled=${!isReady() || shown?.hasReward !== true}
                  @click=${() => add('x')}
                >
                  ${say.over}
                </button>
              </div>
              <p class="quiet small">${shown?.hasReward === true ? say.overHint : say.overFirst}</p>
            </section>
            ${chart(say.proxy, say.proxyHint, 'proxy', 2)}${chart(say.kl, say.klHint, 'kl', 4)}
          </div>
        </div>
        ${linkCard(all, shown?.hash ?? null, verdict())}`,
      host,
    )

  const release = keysOf({
    ArrowLeft: () => add('l'),
    ArrowRight: () => add('r'),
    ' ': () => add('n'),
    u: undo,
    Backspace: undo,
  })
  go(events)
  return () => {
    release()
    turn.abort()
  }
}

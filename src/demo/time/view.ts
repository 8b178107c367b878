import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import { hashOf } from '../route.ts'
import type { Context, View } from '../view.ts'
import { comparison } from './changes.ts'
import { settingsCard } from './settingsCard.ts'
import './time.css'
import { verifyCard } from './verifyCard.ts'
import { timeWords } from './words.ts'

/** A card to move along the updates of the run. */
const timelineCard = ({ run, control, language, say }: Context): TemplateResult => {
  const words = timeWords[language]
  const { kept, update, updates } = run.get()
  const go = async (to: number | undefined): Promise<void> => {
    if (to === undefined || to === run.get().update) return
    const gone = await control.goTo(to)
    if (E.isLeft(gone)) say(gone.left)
  }
  const nearest = (x: number): number | undefined =>
    kept.toSorted((a, b) => Math.abs(a - x) - Math.abs(b - x))[0]
  const before = kept.findLast((one) => one < update)
  const after = kept.find((one) => one > update)
  return html`<section class="card pad stack">
    <div class="row between">
      <div>
        <h2>${words.timeline}</h2>
        <p class="quiet small">${words.hint}</p>
      </div>
      <strong class="number">${words.update(update, updates)}</strong>
    </div>
    <div class="rail">
      <button
        aria-label=${words.back}
        ?disabled=${before === undefined}
        @click=${() => void go(before)}
      >
        ←
      </button>
      <div>
        <input
          type="range"
          min="0"
          max=${Math.max(1, updates)}
          aria-label=${words.slider}
          .value=${String(update)}
          @input=${({ target }: Event) =>
            void go(nearest((target as HTMLInputElement).valueAsNumber))}
        />
        <div class="kept" aria-hidden="true">
          ${kept.map(
            (one) =>
              html`<span style="left: ${((100 * one) / Math.max(1, updates)).toFixed(2)}%"></span>`,
          )}
        </div>
      </div>
      <button
        aria-label=${words.forth}
        ?disabled=${after === undefined}
        @click=${() => void go(after)}
      >
        →
      </button>
    </div>
  </section>`
}

export const view: View = {
  mount: (host, context) => {
    const { language, client, run, say } = context
    const words = timeWords[language]
    const root = document.createElement('div')
    host.append(root)
    let address = ''
    let addressOf = ''
    let isDrawing = false

    const redraw = (): void => {
      if (isDrawing) return
      isDrawing = true
      requestAnimationFrame(() => {
        isDrawing = false
        draw()
      })
    }
    const verify = verifyCard(context, redraw)
    const settings = settingsCard(context, redraw)

    /** The address of this run, with what it comes to at the update at hand. */
    const writeAddress = async (): Promise<void> => {
      const { config, update, link } = run.get()
      if (config === null || addressOf === link) return
      addressOf = link
      const query = await client.call('writeLink', { run: config, claim: { update, link } })
      if (E.isLeft(query)) return
      const { origin, pathname } = location
      address = `${origin}${pathname}${hashOf({ view: 'time', query: query.right })}`
      redraw()
    }

    const copy = async (): Promise<void> => {
      await navigator.clipboard.writeText(address)
      say(words.copied)
    }

    const linkCard = (): TemplateResult => {
      const { claim, link, links } = run.get()
      const verdicts = {
        none: nothing,
        notYet: html`<p class="quiet small">${words.notYet(claim?.update ?? 0)}</p>`,
        same: html`<p class="good" data-comparison="same"><strong>${words.same}</strong></p>`,
        differs: html`<p class="bad" data-comparison="differs">
          <strong>${words.differs}</strong>
        </p>`,
      }
      return html`<section class="card pad stack">
        <div>
          <h2>${words.link}</h2>
          <p class="quiet small">${words.linkHint}</p>
        </div>
        <textarea class="address" readonly aria-label=${words.link} .value=${address}></textarea>
        <div><button @click=${() => void copy()}>${words.copy}</button></div>
        <div>
          <h3>${words.hash}</h3>
          <p class="mono" data-hash>${link}</p>
        </div>
        ${
          claim === null
            ? nothing
            : html`<div>
                <h3>${words.expected(claim.update)}</h3>
                <p class="mono">${claim.link}</p>
              </div>`
        }
        <div role="status">${verdicts[comparison(claim, links)]}</div>
      </section>`
    }

    const draw = (): void => {
      render(
        html`<div class="stack">
          ${timelineCard(context)}
          <div class="grid">
            <div class="stack">${settings()} ${verify.template()}</div>
            ${linkCard()}
          </div>
        </div>`,
        root,
      )
    }

    const heard = (): void => {
      const { phase } = run.get()
      // While it trains at full speed the address would change at every frame.
      if (phase !== 'running' || address === '') void writeAddress()
      redraw()
    }
    heard()
    const end = run.subscribe(heard)
    return () => {
      end()
      verify.end()
      root.remove()
    }
  },
}

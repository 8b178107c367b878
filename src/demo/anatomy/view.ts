import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import type { View } from '../view.ts'
import type { Anatomy } from './anatomy.ts'
import './anatomy.css'
import { controls, refusal, type Changed } from './controls.ts'
import { episodeChart, episodeOf, estimatorChart, type Episode } from './episode.ts'
import { caseTable, objectiveChart, planeChart } from './plane.ts'
import { anatomyWords } from './words.ts'

/** Milliseconds between two anatomies: each costs the worker an update. */
const EVERY_MS = 700

export const view: View = {
  mount: (host, { language, client, run, control }) => {
    const say = anatomyWords[language]
    const root = document.createElement('div')
    root.className = 'stack'
    host.append(root)

    let episode: Episode | null = null
    let refused: string | null = null
    /** null until someone drags it: the λ of the run */
    let lambda: number | null = null
    let step = 0
    let isOver = false
    let asked = ''

    const take = (anatomy: Anatomy): void => {
      episode = episodeOf(anatomy)
      step = Math.min(step, episode.steps - 1)
      draw()
    }

    /** Asks for the anatomy of the place where the run is, unless it is shown already. */
    const look = async (): Promise<void> => {
      const { generation, update, link, config } = run.get()
      const place = `${generation} ${update} ${link} ${JSON.stringify(config?.settings)}`
      if (config === null || place === asked) return
      asked = place
      const answer = await client.call('anatomy')
      if (!isOver && E.isRight(answer) && answer.right !== null) take(answer.right)
    }

    const change = async (name: Changed, value: number): Promise<void> => {
      refused = refusal(await control.setSettings({ [name]: value }))
      draw()
    }

    const slider = (
      title: string,
      value: number,
      max: number,
      by: number,
      put: (value: number) => void,
    ): TemplateResult =>
      html`<label class="dial">
        <span>${title}</span>
        <output class="number">${value}</output>
        <input
          type="range"
          min="0"
          max=${max}
          step=${by}
          .value=${String(value)}
          @input=${({ target }: Event) => {
            put(Number((target as HTMLInputElement).value))
            draw()
          }}
        />
      </label>`

    const parts = (of: Episode): TemplateResult => {
      const { anatomy } = of
      const mixed = lambda ?? anatomy.lambda
      const width = Math.min(640, Math.max(280, root.clientWidth - 34))
      return html`<div class="split">
          <section class="card pad stack">
            <div>
              <h2>${say.title}</h2>
              <p class="quiet small number">${say.of(anatomy.update)}</p>
            </div>
            ${planeChart(say, anatomy, width)}
            <p class="quiet small">${say.hint}</p>
            <div class="scroll">${caseTable(say, anatomy)}</div>
          </section>
          <div class="stack">
            ${controlCard()}
            <section class="card pad">
              <h3 class="formula">${say.objective}</h3>
              ${objectiveChart(say, anatomy, 1)}${objectiveChart(say, anatomy, -1)}
            </section>
          </div>
        </div>
        <section class="card pad stack">
          <div>
            <h2>${say.episode}</h2>
            <p class="quiet small">${say.episodeHint}</p>
          </div>
          <div class="grid">
            ${slider('λ', mixed, 1, 0.01, (value) => {
              lambda = value
            })}
            ${slider(say.step, step, of.steps - 1, 1, (value) => {
              step = value
            })}
          </div>
          <div class="grid wide">
            <div>${episodeChart(say, of, mixed, step, width)}</div>
            <div>${estimatorChart(say, of, mixed, step, width)}</div>
          </div>
        </section>`
    }

    const controlCard = (): TemplateResult | typeof nothing => {
      const { config } = run.get()
      return config === null
        ? nothing
        : controls(say, config.settings, refused, (name, value) => void change(name, value))
    }

    const draw = (): void => {
      render(
        episode === null
          ? html`<p class="card pad quiet" role="status">${say.waiting}</p>`
          : parts(episode),
        root,
      )
    }

    draw()
    void look()
    addEventListener('resize', draw)
    const timer = setInterval(() => void look(), EVERY_MS)
    return () => {
      isOver = true
      clearInterval(timer)
      removeEventListener('resize', draw)
      root.remove()
    }
  },
}

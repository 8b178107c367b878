import * as E from 'fp-ts/lib/Either.js'
import { html, render } from 'lit-html'
import 'uplot/dist/uPlot.min.css'
import { saveFile } from '../save.ts'
import type { View } from '../view.ts'
import { curveChart, type Shown } from './chart.ts'
import './curves.css'
import { curvesSvg } from './curvesSvg.ts'
import { curves, lineOf, type Curve } from './series.ts'
import { curvesWords } from './words.ts'

/** Milliseconds between two drawings at least: charts cost more than games. */
const DRAW_MS = 200

export const view: View = {
  mount: (host, { language, client, run, runs, say }) => {
    const words = curvesWords[language]
    const root = document.createElement('div')
    host.append(root)
    let isOverlaid = true
    let isDirty = true
    let drawnAt = 0

    /** The run at hand, then the earlier ones in the same environment. */
    const shown = (curve: Curve): readonly Shown[] => {
      const { config, history, speeds } = run.get()
      const others = isOverlaid ? runs.get().filter((one) => one.config.env === config?.env) : []
      return [
        { label: words.now, line: lineOf(curve, history, speeds) },
        ...others.map((one, i) => ({
          label: words.earlier(i + 1),
          line: lineOf(curve, one.history, one.speeds),
        })),
      ]
    }

    const nameOf = (): string => {
      const { config } = run.get()
      return `${config?.env ?? 'run'}-seed${config?.seed ?? 0}`
    }

    const saveCsv = async (): Promise<void> => {
      const text = await client.call('metricsCsv', run.get().history)
      if (E.isLeft(text)) say(text.left.message)
      else saveFile(`${nameOf()}.csv`, 'text/csv', text.right)
    }

    const saveSvg = (): void => {
      const { history, speeds } = run.get()
      const charts = curves.map((curve) => ({
        name: words.names[curve.id],
        line: lineOf(curve, history, speeds),
      }))
      saveFile(`${nameOf()}.svg`, 'image/svg+xml', curvesSvg(nameOf(), words.steps, charts))
    }

    const frame = (): void => {
      const overlays = runs.get().filter((one) => one.config.env === run.get().config?.env).length
      render(
        html`<div class="stack">
          <div class="row between">
            <h2>${words.title}</h2>
            <div class="row">
              <label
                ><input
                  type="checkbox"
                  .checked=${isOverlaid}
                  ?disabled=${overlays === 0}
                  @change=${() => {
                    isOverlaid = !isOverlaid
                    isDirty = true
                  }}
                />
                <span class="small">${words.overlay}</span></label
              >
              <button ?disabled=${overlays === 0} @click=${() => runs.set([])}>
                ${words.forget}
              </button>
              <button @click=${() => void saveCsv()}>${words.csv}</button>
              <button @click=${saveSvg}>${words.svg}</button>
            </div>
          </div>
          <div class="charts">
            ${curves.map(
              ({ id }) =>
                html`<figure class="card chart" aria-label=${words.names[id]}>
                  <h3>${words.names[id]}</h3>
                  <div data-curve=${id}></div>
                </figure>`,
            )}
          </div>
        </div>`,
        root,
      )
    }

    frame()
    const charts = curves.map((curve) => ({
      curve,
      chart: curveChart(root.querySelector<HTMLElement>(`[data-curve="${curve.id}"]`)!, {
        fromZero: curve.fromZero,
        stepsLabel: words.steps,
        height: curve.id === 'return' ? 240 : 170,
      }),
    }))

    let next = 0
    let request = 0
    /** Draws one chart a frame, so that no frame is late. */
    const tick = (now: number): void => {
      request = requestAnimationFrame(tick)
      if (next === 0) {
        if (!isDirty || now - drawnAt < DRAW_MS) return
        isDirty = false
        drawnAt = now
        frame()
      }
      const { curve, chart } = charts[next]!
      chart.draw(shown(curve))
      next = (next + 1) % charts.length
    }
    request = requestAnimationFrame(tick)

    const dirty = (): void => {
      isDirty = true
    }
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', dirty)
    const resizing = new ResizeObserver(() => {
      for (const { chart } of charts) chart.resize()
    })
    resizing.observe(root)
    const ends = [run.subscribe(dirty), runs.subscribe(dirty)]
    return () => {
      cancelAnimationFrame(request)
      scheme.removeEventListener('change', dirty)
      resizing.disconnect()
      for (const end of ends) end()
      for (const { chart } of charts) chart.end()
      root.remove()
    }
  },
}

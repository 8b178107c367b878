import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render } from 'lit-html'
import type { Progress } from '../../kernel/gpu/measure.ts'
import { COURSE, type Survey } from '../../kernel/gpu/survey.ts'
import { connect } from '../../worker/connect.ts'
import type { View } from '../view.ts'
import './backends.css'
import { sizesOf } from './sizes.ts'
import { surveyHtml } from './surveyHtml.ts'
import { backendsWords } from './words.ts'
import type { SurveyHandlers } from './worker.ts'

/** What was found the last time: a measurement need not be repeated in another language. */
let last: Survey | null = null

export const view: View = {
  mount: (host, { language, run }) => {
    const say = backendsWords[language]
    const [top, table] = [document.createElement('div'), document.createElement('div')]
    table.className = 'stack backends'
    host.append(top, table)
    const sizes = sizesOf(location.search, COURSE.sizes)
    let progress: Progress | null = null
    let isMeasuring = false
    let problem = E.isLeft(sizes) ? sizes.left : null
    const controller = new AbortController()

    const show = (found: Survey): void => {
      last = found
      table.innerHTML = surveyHtml(found, { ...COURSE, sizes: found.sizes }, say)
    }

    const measure = async (chosen: readonly number[]): Promise<void> => {
      isMeasuring = true
      progress = null
      problem = null
      draw()
      const client = connect<SurveyHandlers>(
        () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
      )
      for await (const item of client.stream('survey', chosen, { signal: controller.signal })) {
        if (E.isLeft(item)) problem = item.left.message
        else if (item.right.kind === 'progress') ({ progress } = item.right)
        else show(item.right.found)
        draw()
      }
      client.close()
      isMeasuring = false
      draw()
    }

    const draw = (): void => {
      if (controller.signal.aborted) return
      const words = progress === null ? say.looking : say.measuring(progress.name, progress.n)
      render(
        html`<section class="card pad stack lead">
          <h2>${say.title}</h2>
          <p class="quiet">${say.intro}</p>
          <div class="row">
            <button
              class="primary"
              ?disabled=${isMeasuring || E.isLeft(sizes)}
              @click=${() => E.isRight(sizes) && void measure(sizes.right)}
            >
              ${last === null ? say.measure : say.again}
            </button>
            ${
              run.get().phase === 'running' && !isMeasuring
                ? html`<span class="quiet small">${say.busy}</span>`
                : nothing
            }
          </div>
          ${
            isMeasuring
              ? html`<div>
                  <progress
                    max=${progress?.total ?? 1}
                    .value=${progress?.done ?? 0}
                    aria-label=${words}
                  ></progress>
                  <p class="quiet small" role="status">${words}</p>
                </div>`
              : nothing
          }
          ${
            problem === null
              ? nothing
              : html`<p class="bad" role="alert">${say.failed}: ${problem}</p>`
          }
        </section>`,
        top,
      )
    }

    draw()
    if (last !== null) show(last)
    const end = run.subscribe(({ phase }) => {
      if (phase !== shownPhase) {
        shownPhase = phase
        draw()
      }
    })
    let shownPhase = run.get().phase
    return () => {
      controller.abort()
      end()
      top.remove()
      table.remove()
    }
  },
}

import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, type TemplateResult } from 'lit-html'
import { transfer } from '../../worker/transfer.ts'
import type { Context } from '../view.ts'
import { droppedFiles, readFiles } from './dropped.ts'
import type { FileList as Files, Verification } from './handlers.ts'
import { timeWords } from './words.ts'

/** A card that verifies runs, and what ends its work. */
export interface VerifyCard {
  readonly template: () => TemplateResult
  readonly end: () => void
}

export const verifyCard = (
  { client, language }: Pick<Context, 'client' | 'language'>,
  redraw: () => void,
): VerifyCard => {
  const words = timeWords[language]
  let verification: Verification | null = null
  let isOver = false
  let work = new AbortController()

  const show = (now: Verification | null): void => {
    verification = now
    redraw()
  }

  const verify = async (files: Files): Promise<void> => {
    work.abort()
    work = new AbortController()
    const { signal } = work
    const given = transfer(
      files,
      files.map(({ bytes }) => bytes.buffer),
    )
    for await (const item of client.stream('verify', given, { signal })) {
      if (signal.aborted) return
      show(E.isLeft(item) ? { kind: 'different', problem: item.left.message } : item.right)
    }
  }

  const chosen = ({ target }: Event): void => {
    const { files } = target as HTMLInputElement
    if (files !== null) void readFiles(files).then(verify)
  }

  const hover = (now: boolean) => (event: DragEvent) => {
    event.preventDefault()
    isOver = now
    redraw()
  }

  const outcome = (): TemplateResult | typeof nothing => {
    if (verification === null) return nothing
    if (verification.kind === 'progress') {
      const { update, of } = verification
      return html`<progress aria-label=${words.verify} max=${of} .value=${update}></progress>
        <div class="row between small quiet number">
          <span>${words.verifying(update, of)}</span>
          <button
            @click=${() => {
              work.abort()
              show(null)
            }}
          >
            ${words.stop}
          </button>
        </div>`
    }
    return verification.kind === 'same'
      ? html`<p class="good"><strong>${words.verified(verification.updates)}</strong></p>
          <p class="mono quiet">${verification.hash}</p>`
      : html`<p class="bad"><strong>${words.refuted}</strong></p>
          <p class="small" style="overflow-wrap: anywhere">${verification.problem}</p>`
  }

  return {
    template: () =>
      html`<section
        class="card pad stack drop ${isOver ? 'over' : ''}"
        data-drop
        @dragover=${hover(true)}
        @dragleave=${hover(false)}
        @drop=${(event: DragEvent) => {
          hover(false)(event)
          if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(verify)
        }}
      >
        <div>
          <h2>${words.verify}</h2>
          <p class="quiet small">${words.verifyHint}</p>
        </div>
        <div class="row">
          <label class="button">
            ${words.choose}<input class="hidden" type="file" data-certificate @change=${chosen} />
          </label>
          <label class="button">
            ${words.chooseFolder}<input
              class="hidden"
              type="file"
              webkitdirectory
              @change=${chosen}
            />
          </label>
        </div>
        <div role="status" aria-live="polite" data-verdict>${outcome()}</div>
      </section>`,
    end: () => work.abort(),
  }
}

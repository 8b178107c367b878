import { html, nothing, type TemplateResult } from 'lit-html'
import type { teachWords } from './words.ts'

type Words = (typeof teachWords)['en']

const copy = async (button: HTMLButtonElement, done: string): Promise<void> => {
  await navigator.clipboard.writeText(location.href)
  button.textContent = done
}

/**
 * The link of a session, which is the address of the page, and its hash.
 *
 * @param isSame whether the hash is what the link says; null: it says nothing of it
 */
export const linkCard = (say: Words, hash: string | null, isSame: boolean | null): TemplateResult =>
  html`<section class="card pad row between link">
    <div>
      <h3>${say.link}</h3>
      <p class="quiet small">${say.linkHint}</p>
      <p class="small">
        <span class="quiet">${say.hash}</span> <code class="mono" id="hash">${hash ?? '…'}</code>
        ${
          isSame === null
            ? nothing
            : html`<strong class=${isSame ? 'good' : 'bad'}
                >${isSame ? say.same : say.differs}</strong
              >`
        }
      </p>
    </div>
    <button
      @click=${({ currentTarget }: Event) => void copy(currentTarget as HTMLButtonElement, say.copied)}
    >
      ${say.copy}
    </button>
  </section>`

import { html, nothing, type TemplateResult } from 'lit-html'
import type { LinkProblem } from '../link/link.ts'
import type { Language } from '../words.ts'
import { linkProblemText } from './linkProblem.ts'
import { shellWords } from './words.ts'

/** What was wrong with the link that was opened, and what the page took instead. */
export const linkNotice = (
  language: Language,
  problems: readonly LinkProblem[],
  dismiss: () => void,
): TemplateResult | typeof nothing => {
  if (problems.length === 0) return nothing
  const say = shellWords[language]
  return html`<section
    class="card pad problem stack"
    role="alert"
    style="margin-bottom: var(--gap)"
  >
    <div class="row between">
      <strong>${say.broken}</strong>
      <button @click=${dismiss}>${say.dismiss}</button>
    </div>
    <ul class="small" style="margin: 0; padding-left: 20px">
      ${problems.map((problem) => html`<li>${linkProblemText(language, problem)}</li>`)}
    </ul>
  </section>`
}
